{{ config(
    unique_key=['player_id', 'league_profile', 'snapshot_date'],
    slice=['league_profile', 'snapshot_date'],
) }}

{{ published('player_valuation') }}
