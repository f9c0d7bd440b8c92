{#- Team code of today for a franchise that has moved: statistics use these in every season,
    schedules keep the code of their time. -#}
{% macro franchise_code(team) -%}
    case {{ team }} when 'OAK' then 'LV' when 'SD' then 'LAC' when 'STL' then 'LA' else {{ team }} end
{%- endmacro %}
