{{ config(unique_key=['position', 'snapshot_date'], slice=['snapshot_date']) }}

{{ published('template') }}
