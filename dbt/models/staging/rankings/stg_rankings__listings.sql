select
    provider,
    kind,
    measure,
    scoring,
    page,
    season,
    week,
    listed_id,
    listed_name,
    position,
    team,
    average,
    sd,
    rank() over (
        partition by provider, kind, measure, scoring, page, season, week, position
        order by average
    ) + (count(*) over (
        partition by provider, kind, measure, scoring, page, season, week, position, average
    ) - 1) / 2.0 as position_rank,
    ranked_on,
    player_id,
    matched_by,
    reason
from {{ source('rankings', 'listings') }}
