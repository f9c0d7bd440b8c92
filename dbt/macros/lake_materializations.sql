{#- Tables and views replaced in one statement, so one lake snapshot: dbt-duckdb's own ones build
    beside, rename twice and drop afterwards, which costs two to three catalog commits each. -#}
{% macro replace_in_lake(kind) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type=kind) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing is not none and existing.type != kind %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement('main') %}
        create or replace {{ kind }} {{ target }} as (
            {{ compiled_code }}
        )
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmacro %}

{% materialization lake_table, adapter='duckdb' %}
    {{ return(replace_in_lake('table')) }}
{% endmaterialization %}

{% materialization lake_view, adapter='duckdb' %}
    {{ return(replace_in_lake('view')) }}
{% endmaterialization %}
