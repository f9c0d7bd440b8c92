{#- Fails with one row per column that holds nulls, with their number. -#}
{% test complete(model, columns) %}
    {{ config(fail_calc='coalesce(sum(null_rows), 0)') }}
    with nulls as (
        select
        {%- for column in columns %}
            count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
        from {{ checked_rows(model) }}
    )

    select column_name, null_rows
    from (
        {%- for column in columns %}
        select '{{ column }}' as column_name, {{ column }} as null_rows from nulls
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as counted
    where null_rows > 0
{% endtest %}
