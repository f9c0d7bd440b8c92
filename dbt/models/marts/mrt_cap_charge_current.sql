{{ config(unique_key=['league', 'franchise', 'season', 'kind', 'entry']) }}

select league, franchise, season, kind, entry, dollars
from {{ ref('stg_league__cap_charges') }}
