"""Compute stage of analytics/projections: one league, and a hundred in one run."""

import json
from datetime import date
from statistics import median
from time import perf_counter, process_time

import numpy as np
import polars as pl

from benchmarks.model import Options, Result, Table, at_most
from ff_analytics.domains.fantasy.league.inputs import PROFILES
from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.products.projections import product as projections
from ff_analytics.domains.fantasy.products.projections.product import (
    PLAYERS,
    SEASONS,
    ProjectionsParams,
)
from ff_analytics.domains.fantasy.projection.data.columns import DRAFTED, HISTORY, RANKINGS_INPUT
from ff_analytics.engine.products.product import RunContext

FIRST, LAST = 1999, 2025
# Players of a season by position, and the categories that give them points.
CROWD = {
    "QB": (80, ("attempts", "passing_yards", "passing_tds")),
    "RB": (160, ("carries", "rushing_yards", "rushing_tds")),
    "WR": (230, ("targets", "receptions", "receiving_yards")),
    "TE": (120, ("targets", "receptions", "receiving_yards")),
    "K": (40, ("fg_made_0_39", "pat_made")),
    "DST": (32, ("dst_sacks", "dst_interceptions")),
    "DL": (330, ("def_sacks", "def_qb_hits")),
    "LB": (280, ("def_tackles_solo", "def_sacks")),
    "DB": (350, ("def_tackles_solo", "def_interceptions")),
}
_CAREER = 6
LEAGUES = 100
# Something of every position, so that no league can take over another's numbers.
_VARIED = (
    "passing_yards",
    "rushing_yards",
    "receptions",
    "pat_made",
    "dst_sacks",
    "def_qb_hits",
    "def_tackles_solo",
)


def history(rng: np.random.Generator) -> pl.DataFrame:
    """Invented player-seasons in the layout of `marts.mrt_player_season`."""
    parts = []
    for position, (crowd, categories) in CROWD.items():
        entering = max(crowd // _CAREER, 1)
        for entry in range(FIRST - _CAREER + 1, LAST + 1):
            seasons = np.arange(max(entry, FIRST), min(entry + _CAREER, LAST + 1))
            talent = np.repeat(rng.gamma(3, 2, entering), len(seasons))
            n = len(talent)
            games = rng.integers(1, 17, n)
            statistics = {c: np.zeros(n) for c in CATEGORIES}
            statistics |= {c: talent * games * rng.uniform(0.6, 1.4, n) * 5 for c in categories}
            who = [f"{position}-{entry}-{i}" for i in range(entering) for _ in seasons]
            parts.append(
                pl.DataFrame(
                    {
                        "player_id": who,
                        "display_name": who,
                        "season": np.tile(seasons, entering),
                        "games": games,
                        "draft_pick": np.repeat(rng.integers(1, 260, entering), len(seasons)),
                        **statistics,
                    }
                ).with_columns(
                    team=pl.lit("KC"),
                    position=pl.lit(position),
                    weeks=pl.lit(18),
                    birth_date=pl.lit(date(entry - 22, 6, 1)),
                    rookie_season=pl.lit(entry),
                    late_touches=pl.lit(5.0),
                )
            )
    return pl.concat(parts).select(HISTORY)


def drafted(rows: pl.DataFrame) -> pl.DataFrame:
    """The players of the history as `core.dim_player` has them."""
    return rows.unique("player_id").select(
        *(c for c in DRAFTED if c in rows.columns),
        draft_year=pl.col("rookie_season"),
        current_team="team",
    )


def _profiles(number: int) -> pl.DataFrame:
    """Leagues that differ in their scoring, so that none can take over another's numbers."""
    profile = load_profile("dynasty_half_ppr")
    made = []
    for i in range(number):
        scoring = dict(profile.scoring) | dict.fromkeys(_VARIED, 0.3 + i / 200)
        named = profile.model_copy(update={"name": f"league_{i}", "scoring": scoring})
        made.append({"league": named.name, "json": named.model_dump_json()})
    return pl.DataFrame(made)


def _timed(frames: dict[str, pl.DataFrame], number: int, repeats: int) -> tuple[float, float, int]:
    """Median wall and processor seconds of compute, and the rows it makes."""
    profiles = _profiles(number)
    names = profiles["league"].to_list()
    # The names need no file: compute reads the profiles from its frames.
    params = ProjectionsParams.model_construct(league=names[0], leagues=names)
    context = RunContext(snapshot=1, snapshot_date=date(2026, 2, 1), run_id="benchmark")
    walls, processors, rows = [], [], 0
    for _ in range(repeats):
        wall, processor = perf_counter(), process_time()
        rows = projections.compute({**frames, PROFILES: profiles}, params, context).height
        walls.append(perf_counter() - wall)
        processors.append(process_time() - processor)
    return median(walls), median(processors), rows


def run(options: Options) -> Result:
    """Nothing is read or written: frames in, rows out."""
    rows = history(np.random.default_rng(1))
    unranked = pl.DataFrame(schema=list(RANKINGS_INPUT.columns))
    frames = {SEASONS: rows, PLAYERS: drafted(rows), RANKINGS_INPUT.mart: unranked}
    many = 20 if options.quick else LEAGUES
    one = _timed(frames, 1, 3)
    several = _timed(frames, many, 1)
    table = Table(
        title=f"Compute over {rows.height:,} player-seasons, {FIRST} to {LAST}",
        columns=("leagues", "seconds", "processor seconds", "rows"),
        rows=[(1, *one), (many, *several)],
    )
    return Result(
        name="projections",
        title="projections: the compute stage",
        tables=[table],
        aims=[
            at_most("projections of one league, 27 seasons", one[0], 3, "s"),
            at_most(
                f"{many} leagues with scorings of their own in one run",
                several[0] / one[0],
                10,
                "x",
            ),
        ],
        notes=[json.dumps({position: crowd for position, (crowd, _) in CROWD.items()})],
    )
