{#- Where the rows of an output are: the files that the run has just published, which it names, else
    `<output>/latest.parquet`; on Postgres a table. `source` is called either way, so that the graph
    has the edge. -#}
{% macro published_rows(output) %}
    {%- set table = source('analytics', output) -%}
    {%- set latest = [(dbt_metadata_envs.get('FF_ANALYTICS_DIR') or '') ~ '/' ~ output ~ '/latest.parquet'] -%}
    {%- set files = fromjson(dbt_metadata_envs.get('FF_PUBLISHED') or '{}').get(output) or latest -%}
    {%- if target.type == 'duckdb' -%}
        read_parquet([
        {%- for file in files -%}
            '{{ file | replace("'", "''") }}'{{ ', ' if not loop.last }}
        {%- endfor -%}
        ], union_by_name = true)
    {%- else -%}
        {{ table }}
    {%- endif -%}
{% endmacro %}

{#- All columns that the calling model declares in its yml, cast to the types declared there, from
    the published rows. The yml is the schema: a column missing from the file is an error, a column
    missing from the yml is not carried over. -#}
{% macro published(output) %}
    select
    {%- for column in model.columns.values() %}
        cast({{ adapter.quote(column.name) }} as {{ native_type(column.data_type) }}) as {{ adapter.quote(column.name) }}
        {{- ',' if not loop.last }}
    {%- else %}
        *
    {%- endfor %}
    from {{ published_rows(output) }}
{% endmacro %}
