{#- Categories that are sums of delivered columns; every other one is delivered as it is. A blocked
    kick is a missed one. -#}
{%- set sums = {
    'fg_made_0_39': ['fg_made_0_19', 'fg_made_20_29', 'fg_made_30_39'],
    'fg_missed_0_29': ['fg_missed_0_19', 'fg_missed_20_29', 'fg_blocked_0_29'],
    'fg_missed_30_39': ['fg_missed_30_39', 'fg_blocked_30_39'],
    'fg_missed_40_49': ['fg_missed_40_49', 'fg_blocked_40_49'],
    'pat_missed': ['pat_missed', 'pat_blocked'],
} -%}
{%- set made_shorter = sums['fg_made_0_39'] + ['fg_made_40_49'] -%}
{%- set missed_shorter = ['fg_missed_0_19', 'fg_missed_20_29', 'fg_missed_30_39', 'fg_missed_40_49'] -%}
{%- set lost = ['sack_fumbles_lost', 'rushing_fumbles_lost', 'receiving_fumbles_lost'] -%}
{%- set offence = ['attempts', 'carries', 'targets', 'sacks_suffered'] -%}
{%- set kicks = ['fg_att', 'pat_att'] -%}
{%- set defence = [
    'def_tackles_solo', 'def_tackles_with_assist', 'def_tackle_assists', 'def_tackles_for_loss',
    'def_qb_hits', 'def_sacks', 'def_interceptions', 'def_pass_defended', 'def_fumbles_forced',
    'fumble_recovery_opp', 'def_tds', 'def_safeties',
] -%}
with weeks as (
    select
        stats.*,
        {{ fantasy_position('known_position') }} as position
    from (
        select
            delivered.*,
            -- The week's own position goes first: the players file knows only the latest.
            coalesce(delivered.nfl_position, players.nfl_position) as known_position
        from {{ ref('stg_nflverse__player_week') }} as delivered
        left join {{ ref('stg_nflverse__players') }} as players
            on players.player_id = delivered.player_id
    ) as stats
),

players as (
    select
        player_id,
        season,
        week,
        season_type,
        position,
        known_position as nfl_position,
        team,
        opponent_team,
        {%- for category in scoring_categories() if not category.startswith('dst_') %}
        {%- if category == 'te_receptions' %}
        case when position = 'TE' then coalesce(receptions, 0) else 0 end as te_receptions,
        {%- elif category == 'fumbles_lost' %}
        -- Newer files hold the total, which also counts those lost on returns.
        coalesce(fumbles_lost_total, {{ zero_if_null(lost) }}) as fumbles_lost,
        {%- elif category == 'fg_made_50_plus' %}
        {{ long_kicks('fg_made', made_shorter, ['fg_made_50_59', 'fg_made_60_plus']) }}
            as fg_made_50_plus,
        {%- elif category == 'fg_missed_50_plus' %}
        {{ long_kicks('fg_missed', missed_shorter, ['fg_missed_50_59', 'fg_missed_60_plus']) }}
            + coalesce(fg_blocked_50_plus, 0) as fg_missed_50_plus,
        {%- else %}
        {{ zero_if_null(sums.get(category, [category])) }} as {{ category }},
        {%- endif %}
        {%- endfor %}
        case
            when position = 'K' then {{ zero_if_null(kicks) }}
            when position in ('DL', 'LB', 'DB') then {{ zero_if_null(defence) }}
            when position = 'OTHER' then {{ zero_if_null(offence + kicks + defence) }}
            else {{ zero_if_null(offence) }}
        end > 0 as had_opportunity,
        fantasy_points_ppr as provider_fantasy_points_ppr
    from weeks
),

defences as (
    select *, 'DST' as position, 'DST' as nfl_position, true as had_opportunity
    from {{ ref('fct_defence_week') }}
)

select
    player_id,
    season,
    week,
    season_type,
    position,
    nfl_position,
    team,
    opponent_team,
    had_opportunity,
    had_opportunity::integer as games_played,
    {%- for category in scoring_categories() %}
    coalesce({{ category }}, 0) as {{ category }},
    {%- endfor %}
    provider_fantasy_points_ppr
from (
    {%- for kind in ['players', 'defences'] %}
    select
        player_id, season, week, season_type, position, nfl_position, team, opponent_team,
        had_opportunity,
        {%- for category in scoring_categories() %}
        {{ 'null as ' if category.startswith('dst_') != (kind == 'defences') }}{{ category }},
        {%- endfor %}
        {{ 'null as ' if kind == 'defences' }}provider_fantasy_points_ppr
    from {{ kind }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
) as all_players
order by season, week, player_id
