select provider, format, player_id, value, valued_on
from {{ source('market', 'values') }}
