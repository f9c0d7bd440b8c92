select
    provider,
    format,
    listed_name,
    position,
    team,
    value,
    valued_on,
    player_id,
    matched_by,
    reason
from {{ source('market', 'listings') }}
