{#- The rows that a test checks: of a mart with history the slices that were published last, since
    older ones met the contract of their time (a column added later is null in them); of any other
    model all rows. -#}
{% macro checked_rows(relation) %}
    {%- set node = graph.nodes[model.attached_node] if execute else {'config': {}} -%}
    {%- set slice = node.config.get('slice') -%}
    {%- if not slice -%}
        {{ relation }}
    {%- else -%}
        {%- set published = published_rows(node.sources[0][1]) -%}
        (
            select * from {{ relation }}
            where ({{ slice | join(', ') }}) in (
                select distinct {{ slice | join(', ') }} from {{ published }}
            )
        ) as newest
    {%- endif -%}
{% endmacro %}
