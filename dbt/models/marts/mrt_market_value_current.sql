{{ config(unique_key=['format', 'player_id']) }}

with providers as (
    -- Providers count in units of their own, so a format takes one provider whole: an own list
    -- where there is one, else the newest; on the same day, first by name.
    select format, provider
    from (
        select
            format,
            provider,
            row_number() over (
                partition by format
                order by provider = 'own' desc, max(valued_on) desc, provider
            ) as place
        from {{ ref('stg_market__values') }}
        group by format, provider
    ) as ranked
    where place = 1
)

select format, player_id, value, valued_on, provider
from {{ ref('stg_market__values') }}
inner join providers using (format, provider)
