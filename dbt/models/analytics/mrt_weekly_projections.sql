{{ config(
    unique_key=['league', 'snapshot_date', 'player_id'],
    slice=['league', 'snapshot_date'],
) }}

{{ published('weekly_projections') }}
