{#- Blocked field goals of `low` to `high` yards. The distances are a list such as 53;46; where it is
    absent, the mean of their sum stands for each (exact for a single block). -#}
{% macro blocked_kicks(low, high) -%}
    case
        when fg_blocked_list is null
            then case
                when fg_blocked_distance / nullif(fg_blocked, 0) between {{ low }} and {{ high }}
                    then fg_blocked
            end
        else
            {%- for n in range(1, 7) %}
            case when nullif(split_part(fg_blocked_list, ';', {{ n }}), '')::float8
                between {{ low }} and {{ high }} then 1 else 0 end{{ ' +' if not loop.last }}
            {%- endfor %}
    end
{%- endmacro %}

{#- Field goals of 50 yards and more: all (`total`) without the shorter ones, since the provider's
    bins have no place for a kick of exactly 60 yards. The bins count where a file has no total. -#}
{% macro long_kicks(total, shorter, bins) -%}
    case
        when {{ total }} is null then {{ zero_if_null(bins) }}
        else greatest({{ total }} - ({{ zero_if_null(shorter) }}), 0)
    end
{%- endmacro %}
