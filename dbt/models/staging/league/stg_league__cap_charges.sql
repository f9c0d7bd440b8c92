select league, franchise, season, kind, entry, dollars
from {{ source('league', 'cap_charges') }}
