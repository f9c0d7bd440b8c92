"""A synthetic league in the provider's own file layout, for trying things without real data.

Players, teams and franchises are invented. Talent follows planted age curves
(`curves.AGE_CURVES`), seasons follow planted shares of games, weeks have the spread of real
ones, and the lines of a game add up: a passer's line is the sum of his receivers', a defence
takes the ball that an offence lost, and final scores are what the lines scored.

Faults of real files are planted too, since the ingest must cope with them: every season has
one row per week without a player (the provider books team penalties there), the first two
seasons deliver two rows twice, and the market lists prospects whom the statistics do not know
and leaves some known players out.
"""

from ff_analytics.domains.fantasy.sources.sample.generator.curves import (
    AGE_CURVES,
    GAMES_SHARE,
    WEEKLY_RATIOS,
)
from ff_analytics.domains.fantasy.sources.sample.generator.write import (
    SEASONS,
    SampleSummary,
    write_league,
)

__all__ = [
    "AGE_CURVES",
    "GAMES_SHARE",
    "SEASONS",
    "WEEKLY_RATIOS",
    "SampleSummary",
    "write_league",
]
