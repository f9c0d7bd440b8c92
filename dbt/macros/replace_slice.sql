{#- Incremental strategy `replace_slice`: every slice (combination of the columns in the model's
    `slice` setting) that occurs in the new rows replaces that slice whole, so that a row which
    vanished from a rerun vanishes from history too; other slices stay. -#}
{% macro get_incremental_replace_slice_sql(args) %}
    {%- set target = args['target_relation'] -%}
    {%- set slice = config.require('slice') | join(', ') -%}
    {%- set columns = get_quoted_csv(args['dest_columns'] | map(attribute='name')) -%}
    {%- set held = {} -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do held.update({column.name: column.data_type}) -%}
    {%- endfor -%}

    {#- A type that the yml has widened is widened in the table: an insert would round instead. -#}
    {%- for column in args['dest_columns'] if held[column.name] != column.data_type %}
    alter table {{ target }} alter {{ adapter.quote(column.name) }} set data type {{ column.data_type }};
    {%- endfor %}

    delete from {{ target }}
    where ({{ slice }}) in (select distinct {{ slice }} from {{ args['temp_relation'] }});

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ args['temp_relation'] }}
{% endmacro %}
