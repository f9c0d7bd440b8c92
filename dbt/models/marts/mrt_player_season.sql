{{ config(unique_key=['player_id', 'season']) }}

with weeks as (
    select *, attempts + carries + targets as touches
    from {{ ref('fct_player_week') }}
    where season_type = 'REG'
),

seasons as (
    select season, max(week) as weeks
    from weeks
    group by season
),

-- The position played most; between equals the one played last.
positions as (
    select player_id, season, position
    from (
        select
            player_id,
            season,
            position,
            row_number() over (
                partition by player_id, season order by count(*) desc, max(week) desc, position
            ) as place
        from weeks
        group by player_id, season, position
    ) as ranked
    where place = 1
),

latest as (
    select player_id, season, avg(touches) as late_touches
    from (
        select
            player_id,
            season,
            touches,
            row_number() over (partition by player_id, season order by week desc) as back
        from weeks
        where had_opportunity
    ) as ranked
    where back <= 5
    group by player_id, season
),

totals as (
    select
        player_id,
        season,
        {{ value_at_max('team', 'week') }} as team,
        sum(games_played)::integer as games,
        {%- for category in scoring_categories() %}
        sum({{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {%- endfor %}
    from weeks
    group by player_id, season
)

select
    totals.player_id,
    totals.season,
    seasons.weeks,
    positions.position,
    player.display_name,
    totals.team,
    player.birth_date,
    player.rookie_season,
    player.draft_year,
    player.draft_pick,
    totals.games,
    coalesce(latest.late_touches, 0) as late_touches,
    {%- for category in scoring_categories() %}
    totals.{{ category }}{{ ',' if not loop.last }}
    {%- endfor %}
from totals
inner join positions using (player_id, season)
inner join seasons using (season)
inner join {{ ref('dim_player') }} as player using (player_id)
left join latest using (player_id, season)
order by season, player_id
