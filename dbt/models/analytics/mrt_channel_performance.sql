{{ config(
    unique_key=['tenant', 'date', 'channel', 'currency', 'snapshot_date'],
    slice=['tenant', 'snapshot_date'],
) }}

{{ published('channel_performance') }}
