{{ config(
    unique_key=['league', 'snapshot_date', 'player_id', 'projection_season'],
    slice=['league', 'snapshot_date'],
) }}

{{ published('multi_year_projections') }}
