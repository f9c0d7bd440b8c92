{#- Fails with one row per scoring rule whose category no column carries: it would count nothing. -#}
{% test known_categories(model, column_name) %}
    select league, {{ column_name }}
    from {{ model }}
    where {{ column_name }} not in ('{{ scoring_categories() | join("', '") }}')
{% endtest %}
