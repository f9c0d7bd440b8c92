"""Bring `raw_league.profiles` and `raw_league.scoring_rules` in line with `leagues/*.yaml`."""

import polars as pl

from ff_analytics.domains.fantasy.league.league import load_profile, profile_names
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest.mirror import mirror

PROFILES = "raw_league.profiles"
RULES = "raw_league.scoring_rules"


def wanted(settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Profiles (league, json) and rules (league, category, points) as the files say."""
    profiles = [load_profile(name, settings) for name in profile_names(settings)]
    rules = [
        {"league": p.name, "category": category, "points": float(points)}
        for p in profiles
        for category, points in p.scoring.items()
    ]
    return (
        pl.DataFrame(
            [{"league": p.name, "json": p.model_dump_json()} for p in profiles],
            schema={"league": pl.String, "json": pl.String},
        ).sort(pl.all()),
        pl.DataFrame(
            rules, schema={"league": pl.String, "category": pl.String, "points": pl.Float64}
        ).sort(pl.all()),
    )


def sync_leagues(settings: Settings) -> bool:
    """Replace what differs; True when something did. A wrong profile raises `ConfigError`."""
    profiles, rules = wanted(settings)
    tables = {PROFILES: (profiles, ("league",)), RULES: (rules, ("league", "category"))}
    who = lake.Provenance(author="leagues", message="league profiles synced from leagues/*.yaml")
    return mirror(tables, who, settings)
