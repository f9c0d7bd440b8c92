{#- Fails for rows outside [low, high], a null bound being open; reports per column how many and
    how far. Null values are not checked here. All columns in one pass over the model. -#}
{% test within(model, ranges) %}
    {{ config(fail_calc='coalesce(sum(rows_outside), 0)') }}
    with outside as (
        select
            {%- for column, (low, high) in ranges.items() %}
            {%- set outside -%}
                filter (
                    where {{ column }} < {{ low if low is not none else 'null' }}
                    or {{ column }} > {{ high if high is not none else 'null' }}
                )
            {%- endset %}
            count(*) {{ outside }} as rows_{{ loop.index }},
            (min({{ column }}) {{ outside }})::varchar as lowest_{{ loop.index }},
            (max({{ column }}) {{ outside }})::varchar as highest_{{ loop.index }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ checked_rows(model) }}
    )

    select *
    from (
        {%- for column in ranges %}
        select
            '{{ column }}' as column_name,
            rows_{{ loop.index }} as rows_outside,
            lowest_{{ loop.index }} as lowest,
            highest_{{ loop.index }} as highest
        from outside
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as checked_columns
    where rows_outside > 0
{% endtest %}
