{%- set columns = [
    'player_id', 'display_name', 'nfl_position', 'birth_date', 'rookie_season', 'draft_year',
    'draft_pick', 'last_season', 'current_team',
] | join(', ') -%}
with seen as (
    -- The latest week stands for players whom the players file does not list (yet).
    select
        player_id,
        {{ value_at_max('display_name', 'season * 100 + week') }} as display_name,
        {{ value_at_max('nfl_position', 'season * 100 + week') }} as nfl_position,
        {{ value_at_max('team', 'season * 100 + week') }} as team,
        max(season) as last_season
    from {{ ref('stg_nflverse__player_week') }}
    group by player_id
),

players as (
    select
        player_id,
        coalesce(listed.display_name, seen.display_name, player_id) as display_name,
        coalesce(listed.nfl_position, seen.nfl_position) as nfl_position,
        listed.birth_date,
        listed.rookie_season,
        listed.draft_year,
        listed.draft_pick,
        greatest(listed.last_season, seen.last_season) as last_season,
        coalesce(listed.latest_team, seen.team) as current_team
    from {{ ref('stg_nflverse__players') }} as listed
    full join seen using (player_id)
),

defences as (
    select
        'DST-' || team as player_id,
        team || ' defence' as display_name,
        'DST' as nfl_position,
        null::date as birth_date,
        null::integer as rookie_season,
        null::integer as draft_year,
        null::integer as draft_pick,
        max(season) as last_season,
        team as current_team
    from {{ ref('stg_nflverse__player_week') }}
    where team is not null
    group by team
)

select
    player_id,
    display_name,
    nfl_position,
    {{ fantasy_position('nfl_position') }} as position,
    birth_date,
    rookie_season,
    last_season,
    draft_year,
    draft_pick,
    current_team
from (select {{ columns }} from players union all select {{ columns }} from defences) as all_players
order by player_id
