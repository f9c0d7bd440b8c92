{#- What DuckDB and Postgres write differently; everything else in the models is SQL of both. -#}

{#- Value of `what` in the row where `order` is highest; rows in which either is null do not count. -#}
{% macro value_at_max(what, order) %}
    {{- return(adapter.dispatch('value_at_max')(what, order)) -}}
{% endmacro %}

{% macro default__value_at_max(what, order) -%}
    arg_max({{ what }}, {{ order }})
{%- endmacro %}

{% macro postgres__value_at_max(what, order) -%}
    (array_agg({{ what }} order by {{ order }} desc) filter (where {{ what }} is not null))[1]
{%- endmacro %}

{#- A double rounded half away from zero; Postgres rounds only decimals so. -#}
{% macro rounded(number, digits) %}
    {{- return(adapter.dispatch('rounded')(number, digits)) -}}
{% endmacro %}

{% macro default__rounded(number, digits) -%}
    round({{ number }}, {{ digits }})
{%- endmacro %}

{% macro postgres__rounded(number, digits) -%}
    round(({{ number }})::numeric, {{ digits }})::float8
{%- endmacro %}

{#- A type as the yml files declare it, in the words of the target. -#}
{% macro native_type(declared) %}
    {{- return({'double': 'float8'}.get(declared, declared)) -}}
{% endmacro %}

{#- The lake's own materialisations where there is no lake: dbt's, which replace in a transaction. -#}
{% materialization lake_table, adapter='postgres' %}
    {{ return(dbt.materialization_table_default()) }}
{% endmaterialization %}

{% materialization lake_view, adapter='postgres' %}
    {{ return(dbt.materialization_view_default()) }}
{% endmaterialization %}
