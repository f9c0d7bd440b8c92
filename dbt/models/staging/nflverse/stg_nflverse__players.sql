select
    gsis_id as player_id,
    display_name,
    position as nfl_position,
    birth_date,
    rookie_season,
    last_season,
    draft_year,
    draft_pick,
    {{ franchise_code('latest_team') }} as latest_team
from {{ source('nflverse', 'players') }}
where gsis_id is not null
