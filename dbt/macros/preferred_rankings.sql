{#- Rankings of one list per season (or week) and position: an own one, then experts before drafters,
    the position's own page before wider ones, the scoring nearest to a point per reception, the
    newest. `scope` are the columns that a list is chosen for. -#}
{% macro preferred_rankings(condition, scope) %}
with ranked as (
    select *
    from {{ ref('stg_rankings__listings') }}
    where kind = 'redraft' and {{ condition }}
),

lists as (
    select {{ scope | join(', ') }}, provider, measure, scoring, page
    from (
        select
            {{ scope | join(',\n            ') }},
            provider,
            measure,
            scoring,
            page,
            row_number() over (
                partition by {{ scope | join(', ') }}
                order by
                    case when provider = 'own' then 0 else 1 end,
                    case when measure = 'ecr' then 0 else 1 end,
                    case when page = position then 0 else 1 end,
                    case scoring when 'ppr' then 0 when 'half' then 1 when 'unknown' then 2 else 3 end,
                    max(ranked_on) desc nulls last,
                    provider,
                    page
            ) as place
        from ranked
        group by {{ scope | join(', ') }}, provider, measure, scoring, page
    ) as placed
    where place = 1
)

select
    {{ scope | join(',\n    ') }},
    player_id,
    position_rank,
    average,
    sd,
    ranked_on,
    provider,
    measure,
    scoring
from ranked
inner join lists using ({{ scope | join(', ') }}, provider, measure, scoring, page)
where player_id is not null
{% endmacro %}
