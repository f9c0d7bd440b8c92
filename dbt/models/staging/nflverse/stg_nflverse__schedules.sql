select
    game_id,
    season,
    game_type,
    week,
    gameday,
    {{ franchise_code('home_team') }} as home_team,
    {{ franchise_code('away_team') }} as away_team,
    home_score,
    away_score,
    spread_line,
    total_line
from {{ source('nflverse', 'schedules') }}
