"""Multi-year projections from a player's history: points per game, games and ranges.

`table` holds the history, `models` the ladder of methods, `games` availability, `rookies` the
draft slots, `ranges` the intervals, `project` puts a league's rows together.
"""
