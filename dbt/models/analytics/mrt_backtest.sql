{{ config(
    unique_key=['snapshot_date', 'model', 'measure', 'position', 'horizon', 'target_season'],
    slice=['snapshot_date'],
) }}

{{ published('backtest') }}
