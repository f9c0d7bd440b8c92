{{ config(
    unique_key=['tenant', 'date', 'channel', 'currency', 'snapshot_date'],
    slice=['snapshot_date'],
) }}

{{ published('channel_performance') }}
