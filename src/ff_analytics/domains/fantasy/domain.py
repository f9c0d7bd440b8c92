"""The fantasy domain's declaration."""

from ff_analytics.domains.fantasy.products.forecast_error import measured
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.products.registry import histories_of
from ff_analytics.engine.sources.domain import Domain

DOMAIN = Domain(
    name="fantasy",
    title="Fantasy football",
    mirrored=(
        Dataset(
            "scoring_rules",
            "raw_league.scoring_rules",
            ("league", "category"),
            "ff_analytics.domains.fantasy.league.contract:ScoringRule",
        ),
        Dataset(
            "profiles",
            "raw_league.profiles",
            ("league",),
            "ff_analytics.domains.fantasy.league.contract:Profile",
        ),
    ),
    files="leagues/<name>.yaml",
    sample="sample",
    histories=histories_of,
    measured=measured,
)
