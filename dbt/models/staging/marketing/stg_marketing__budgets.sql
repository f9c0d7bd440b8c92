select tenant, channel, currency, monthly_budget
from {{ source('marketing', 'budgets') }}
