select
    profiles.league
    {%- for category in scoring_categories() %},
    coalesce(max(rules.points) filter (where rules.category = '{{ category }}'), 0)::float8 as {{ category }}
    {%- endfor %}
from {{ ref('stg_league__profiles') }} as profiles
left join {{ ref('stg_league__scoring_rules') }} as rules using (league)
group by profiles.league
order by profiles.league
