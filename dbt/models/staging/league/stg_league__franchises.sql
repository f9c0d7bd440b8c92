select league, franchise, manager, manager_id
from {{ source('league', 'franchises') }}
