{#- Position that leagues draft by, from the position that the NFL lists. -#}
{% macro fantasy_position(position) -%}
    case
        when {{ position }} in ('QB', 'WR', 'TE', 'DST') then {{ position }}
        when {{ position }} in ('RB', 'FB', 'HB') then 'RB'
        when {{ position }} in ('K', 'PK') then 'K'
        when {{ position }} in ('DL', 'DE', 'DT', 'NT', 'EDGE') then 'DL'
        when {{ position }} in ('LB', 'OLB', 'ILB', 'MLB') then 'LB'
        when {{ position }} in ('DB', 'CB', 'S', 'SS', 'FS', 'SAF') then 'DB'
        else 'OTHER'
    end
{%- endmacro %}
