{#- Who writes, stored with the model's commit like every other write to the lake. -#}
{% macro provenance() %}
    {%- set given = dbt_metadata_envs.get('FF_PROVENANCE') -%}
    {%- if execute and given -%}
        call {{ this.database }}.set_commit_message(
            '{{ fromjson(given).author | replace("'", "''") }}',
            'dbt {{ this.schema }}.{{ this.identifier }}',
            extra_info => '{{ given | replace("'", "''") }}'
        )
    {%- endif -%}
{% endmacro %}
