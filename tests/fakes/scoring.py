"""Scoring that tests compare with, written down a second time on purpose."""

# Offence of full PPR, as the provider of the data scores it.
PPR = {
    "passing_yards": 0.04,
    "passing_tds": 4,
    "passing_interceptions": -2,
    "passing_2pt_conversions": 2,
    "rushing_yards": 0.1,
    "rushing_tds": 6,
    "rushing_2pt_conversions": 2,
    "receptions": 1,
    "receiving_yards": 0.1,
    "receiving_tds": 6,
    "receiving_2pt_conversions": 2,
    "fumbles_lost": -2,
    "special_teams_tds": 6,
}
