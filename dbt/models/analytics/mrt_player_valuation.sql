{{ config(
    unique_key=['player_id', 'league', 'snapshot_date'],
    slice=['league', 'snapshot_date'],
) }}

{{ published('player_valuation') }}
