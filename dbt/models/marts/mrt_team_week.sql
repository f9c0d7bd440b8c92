{{ config(unique_key=['season', 'week', 'team']) }}

with games as (
    select * from {{ ref('stg_nflverse__schedules') }} where game_type = 'REG'
),

sides as (
    select
        season, week, gameday, home_team as team, away_team as opponent_team, true as home,
        home_score as score, (total_line + spread_line) / 2 as implied_points
    from games
    union all
    select
        season, week, gameday, away_team as team, home_team as opponent_team, false as home,
        away_score as score, (total_line - spread_line) / 2 as implied_points
    from games
)

select season, week, gameday, team, opponent_team, home, score, implied_points from sides
