{{ config(unique_key=['format', 'player_id']) }}

select format, player_id, value, valued_on, provider
from {{ ref('stg_market__values') }}
-- One provider per player and format: the newest value; on the same day, first by name.
qualify row_number() over (partition by format, player_id order by valued_on desc, provider) = 1
