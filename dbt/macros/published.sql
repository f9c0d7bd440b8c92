{#- All columns that the calling model declares in its yml, cast to the types declared there,
    from data/analytics/<output>/latest.parquet. The yml is the schema: a column missing from
    the file is an error, a column missing from the yml is not carried over. -#}
{% macro published(output) %}
    select
    {%- for column in model.columns.values() %}
        cast({{ adapter.quote(column.name) }} as {{ native_type(column.data_type) }}) as {{ adapter.quote(column.name) }}
        {{- ',' if not loop.last }}
    {%- else %}
        *
    {%- endfor %}
    from {{ source('analytics', output) }}
{% endmacro %}
