"""Source `nflverse`: player weeks, players and schedules of the NFL."""
