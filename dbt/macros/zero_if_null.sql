{#- Sum of columns in which a null counts as nothing. -#}
{% macro zero_if_null(columns) -%}
    {%- for column in columns -%}
        coalesce({{ column }}, 0){{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
