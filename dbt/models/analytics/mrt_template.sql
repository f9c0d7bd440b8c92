{{ config(
    unique_key=['position', 'league', 'snapshot_date'],
    slice=['league', 'snapshot_date'],
) }}

{{ published('template') }}
