{{ config(unique_key=['league', 'player_id', 'season', 'week']) }}

select
    rules.league,
    stats.player_id,
    stats.season,
    stats.week,
    stats.season_type,
    stats.position,
    stats.nfl_position,
    player.display_name,
    player.current_team,
    stats.team,
    stats.opponent_team,
    player.birth_date,
    {%- for category in scoring_categories() %}
    stats.{{ category }},
    {%- endfor %}
    stats.games_played,
    stats.had_opportunity,
    -- Rounded far below a point: a sum of decimals such as 0.1 must not show 17.299999999999997.
    {{ rounded(fantasy_points('stats', 'rules'), 6) }} as fantasy_points,
    stats.provider_fantasy_points_ppr
from {{ ref('fct_player_week') }} as stats
inner join {{ ref('dim_player') }} as player using (player_id)
cross join {{ ref('dim_league_scoring') }} as rules
