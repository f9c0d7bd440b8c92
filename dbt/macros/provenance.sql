{#- Who writes, stored with the model's commit like every other write to the lake. -#}
{% macro provenance() %}
    {%- set told = dbt_metadata_envs.get('FF_PROVENANCE') -%}
    {%- if execute and told -%}
        call {{ this.database }}.set_commit_message(
            '{{ fromjson(told).author | replace("'", "''") }}',
            'dbt {{ this.schema }}.{{ this.identifier }}',
            extra_info => '{{ told | replace("'", "''") }}'
        )
    {%- endif -%}
{% endmacro %}
