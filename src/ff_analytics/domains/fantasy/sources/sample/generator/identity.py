"""The players file: invented identities in the provider's columns."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from ff_analytics.domains.fantasy.sources.sample.generator.layout import PLAYERS, conform
from ff_analytics.domains.fantasy.sources.sample.generator.names import COLLEGES, player_names

POSITION_GROUP = {"FB": "RB", "K": "SPEC"}
PICKS_PER_ROUND = 32
# Mean height in inches and weight in pounds.
BODIES = {
    "QB": (75, 220),
    "RB": (70, 213),
    "FB": (72, 245),
    "WR": (73, 200),
    "TE": (77, 250),
    "K": (72, 195),
    "DL": (75, 285),
    "LB": (74, 242),
    "DB": (72, 198),
}


def _born(when: float) -> str:
    year = int(when)
    return (date(year, 1, 1) + timedelta(days=int((when - year) * 365))).isoformat()


def _bodies(rng: np.random.Generator, groups: list[str]) -> dict[str, pl.Series]:
    means = np.array([BODIES[name] for name in groups])
    sizes = np.rint(rng.normal(means, (1.3, 9.0))).astype(np.int32)
    return {"height": pl.Series(sizes[:, 0]), "weight": pl.Series(sizes[:, 1])}


def _named(rng: np.random.Generator, known: pl.DataFrame) -> pl.DataFrame:
    pairs = player_names(rng, known.height)
    ids = [f"SMP-{number:05d}" for number in range(1, known.height + 1)]
    return known.with_columns(
        gsis_id=pl.Series(ids),
        esb_id=pl.Series(ids),
        smart_id=pl.Series([f"sample-{each}" for each in ids]),
        first_name=pl.Series([first for first, _ in pairs]),
        last_name=pl.Series([last for _, last in pairs]),
        birth_date=pl.Series([_born(when) for when in known["born"]]),
        college_name=pl.Series(rng.choice(COLLEGES, size=known.height).tolist()),
        jersey_number=pl.Series(rng.integers(1, 100, known.height)).cast(pl.String),
        **_bodies(rng, known["group"].to_list()),
    ).with_columns(
        common_first_name="first_name",
        football_name="first_name",
        display_name=pl.format("{} {}", "first_name", "last_name"),
        short_name=pl.format("{}.{}", pl.col("first_name").str.slice(0, 1), "last_name"),
    )


def identities(rng: np.random.Generator, people: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """All players who ever had a seat, in the provider's columns plus `player` and `group`."""
    span = (
        seats.sort("season")
        .group_by("player", maintain_order=True)
        .agg(
            last_season=pl.col("season").last(),
            draft_team=pl.col("team").first(),
            latest_team=pl.col("team").last(),
        )
    )
    known = _named(rng, people.join(span, on="player").sort("entry", "player"))
    present = pl.col("last_season") == seats["season"].max()
    drafted = pl.col("draft_pick").is_not_null()
    full = known.with_columns(
        position_group=pl.col("group").replace(POSITION_GROUP),
        pff_position="position",
        rookie_season="entry",
        years_of_experience=pl.col("last_season") - pl.col("entry") + 1,
        status=pl.when(present).then(pl.lit("ACT")).otherwise(pl.lit("RET")),
        draft_year=pl.when(drafted).then("entry"),
        draft_round=(pl.col("draft_pick") - 1) // PICKS_PER_ROUND + 1,
        draft_team=pl.when(drafted).then("draft_team"),
    )
    return pl.concat([conform(full, PLAYERS), full.select("player", "group")], how="horizontal")
