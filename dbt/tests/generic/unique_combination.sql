{#- The grain: fails with one row per combination that occurs more than once. -#}
{% test unique_combination(model, columns) %}
    select {{ columns | join(', ') }}, count(*) as occurrences
    from {{ checked_rows(model) }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}
