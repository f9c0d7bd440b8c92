{{ config(unique_key=['season', 'week', 'position', 'player_id']) }}

{{ preferred_rankings('week > 0', ['season', 'week', 'position']) }}
