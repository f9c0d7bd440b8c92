select league, player_id, franchise, slot
from {{ source('league', 'rosters') }}
