{%- set bins = [(0, 0), (1, 6), (7, 13), (14, 20), (21, 27), (28, 34)] -%}
with defences as (
    select
        season,
        week,
        max(season_type) as season_type,
        team,
        max(opponent_team) as opponent_team,
        coalesce(sum(def_sacks), 0) as dst_sacks,
        coalesce(sum(def_interceptions), 0) as dst_interceptions,
        coalesce(sum(fumble_recovery_opp), 0) as dst_fumble_recoveries,
        coalesce(sum(def_safeties), 0) as dst_safeties,
        -- A fumble that the own side recovered and carried in is no defensive touchdown.
        coalesce(sum(def_tds), 0) + coalesce(sum(special_teams_tds), 0)
            + coalesce(sum(fumble_recovery_tds) filter (where fumble_recovery_opp > 0), 0) as dst_tds
    from {{ ref('stg_nflverse__player_week') }}
    where team is not null
    group by season, week, team
    -- No game passes without a tackle: seasons that lack them have no defensive statistics,
    -- and get no team defences rather than empty ones.
    having {{ zero_if_null(['sum(def_tackles_solo)', 'sum(def_tackles_with_assist)']) }} > 0
),

blocks as (
    select season, week, opponent_team as team, sum({{ zero_if_null(['fg_blocked', 'pat_blocked']) }}) as kicks
    from {{ ref('stg_nflverse__player_week') }}
    where opponent_team is not null
    group by season, week, opponent_team
),

points_allowed as (
    select season, week, home_team as team, away_score as points
    from {{ ref('stg_nflverse__schedules') }}
    union all
    select season, week, away_team as team, home_score as points
    from {{ ref('stg_nflverse__schedules') }}
)

select
    'DST-' || defences.team as player_id,
    defences.*,
    coalesce(blocks.kicks, 0) as dst_blocked_kicks,
    {%- for low, high in bins %}
    coalesce((points between {{ low }} and {{ high }})::integer, 0)::float8
        as dst_points_allowed_{{ low if high == 0 else low ~ '_' ~ high }},
    {%- endfor %}
    coalesce((points >= 35)::integer, 0)::float8 as dst_points_allowed_35_plus
from defences
left join points_allowed using (season, week, team)
left join blocks using (season, week, team)
