{{ config(
    materialized='lake_view',
    unique_key=['player_id', 'league', 'snapshot_date'],
) }}

select
    player_id,
    league,
    snapshot_date,
    player_name,
    position,
    team,
    franchise,
    age,
    trade_band,
    market_value,
    market_value + market_delta as own_value,
    market_delta,
    market_gap_pct,
    market_gap_z,
    dynasty_value,
    dynasty_value_score,
    package_value
from {{ ref('mrt_dynasty_value_composite') }}
where trade_band is not null
