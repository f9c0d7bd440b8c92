{{ config(unique_key=['season', 'position', 'player_id']) }}

{{ preferred_rankings('week = 0', ['season', 'position']) }}
