{{ config(unique_key=['league', 'player_id', 'season']) }}

select league, player_id, franchise, season, salary, contract_type
from {{ ref('stg_league__contracts') }}
