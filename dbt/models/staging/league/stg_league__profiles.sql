select league
from {{ source('league', 'profiles') }}
