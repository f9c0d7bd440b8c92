{{ config(unique_key=['season', 'week', 'player_id']) }}

select season, week, player_id, report_status, practice_status, report_primary_injury, date_modified
from {{ ref('stg_nflverse__injuries') }}
