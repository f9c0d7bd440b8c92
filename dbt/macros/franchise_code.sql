{#- Codes of other lists and of former cities -> the code that nflverse uses today; the same as
    TEAM_CODES in ff_analytics.domains.fantasy.players.names. -#}
{% macro team_codes() %}
    {{ return({
        'GBP': 'GB', 'KCC': 'KC', 'LVR': 'LV', 'NEP': 'NE', 'NOS': 'NO', 'SFO': 'SF', 'TBB': 'TB',
        'JAC': 'JAX', 'LAR': 'LA', 'WSH': 'WAS', 'ARZ': 'ARI', 'BLT': 'BAL', 'CLV': 'CLE',
        'HST': 'HOU', 'OAK': 'LV', 'SD': 'LAC', 'SDC': 'LAC', 'STL': 'LA', 'RAM': 'LA',
    }) }}
{% endmacro %}

{#- Team code of today, so that statistics, schedules and players join in every season. -#}
{% macro franchise_code(team) -%}
    case upper(trim({{ team }}))
        {%- for old, new in team_codes().items() %} when '{{ old }}' then '{{ new }}'{% endfor %}
        else upper(trim({{ team }}))
    end
{%- endmacro %}
