select
    season,
    week,
    gsis_id as player_id,
    {{ franchise_code('team') }} as team,
    report_status,
    practice_status,
    report_primary_injury,
    date_modified
from {{ source('nflverse', 'injuries') }}
