select league, category, points
from {{ source('league', 'scoring_rules') }}
