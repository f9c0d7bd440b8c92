{{ config(
    unique_key=[
        'league_profile', 'franchise', 'projection_year', 'scenario_name', 'snapshot_date'
    ],
    slice=['league_profile', 'snapshot_date'],
) }}

{{ published('cap_scenarios') }}
