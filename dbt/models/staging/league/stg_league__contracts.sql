select league, player_id, franchise, season, salary, contract_type
from {{ source('league', 'contracts') }}
