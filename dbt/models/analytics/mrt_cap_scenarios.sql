{{ config(
    unique_key=[
        'league', 'franchise', 'projection_year', 'scenario_name', 'snapshot_date'
    ],
    slice=['league', 'snapshot_date'],
) }}

{{ published('cap_scenarios') }}
