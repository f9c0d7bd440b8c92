{#- Fails for rows outside [low, high], a null bound being open; reports per column how many and
    how far. Null values are not judged here. All columns in one pass over the model. -#}
{% test within(model, ranges) %}
    {{ config(fail_calc='coalesce(sum(rows_outside), 0)') }}
    select *
    from (
        select unnest([
            {%- for column, (low, high) in ranges.items() %}
            {%- set outside -%}
                filter (
                    {{ column }} < {{ low if low is not none else 'null' }}
                    or {{ column }} > {{ high if high is not none else 'null' }}
                )
            {%- endset %}
            {
                'column_name': '{{ column }}',
                'rows_outside': count(*) {{ outside }},
                'lowest': (min({{ column }}) {{ outside }})::varchar,
                'highest': (max({{ column }}) {{ outside }})::varchar
            }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ], recursive := true)
        from {{ judged(model) }}
    )
    where rows_outside > 0
{% endtest %}
