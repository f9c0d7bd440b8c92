"""A small invented league in a lake, built once; tests work on copies and run products on them."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from filelock import FileLock

from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from ff_analytics.engine.products.outputs import output_at
from ff_analytics.engine.products.pipeline import run_product
from ff_analytics.engine.products.run import RunReport

# Official runs: of season 2024 while it is the only one, of 2025 once that is loaded.
BEFORE: dict[str, Any] = {"snapshot_date": "2026-02-01"}
WANTED: dict[str, Any] = {"snapshot_date": "2026-02-02"}
FILE = "player_valuation/dynasty_half_ppr/latest.parquet"
# The one column that tells two runs on the same rows apart.
_PINNED = "input_snapshot_id"


@dataclass(frozen=True)
class League:
    """A data folder in one of two states, both with the valuation `BEFORE` published.

    `stale`: season 2025 was loaded since, so the marts must be rebuilt. `warm`: they were.
    The folder keeps its path from test to test, which keeps dbt's parse of it warm.
    """

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def settings(self) -> Settings:
        return Settings(data_dir=self.data)

    @property
    def release(self) -> Path:
        """The provider's files; a test may change them."""
        return self.data / "release"

    @property
    def latest(self) -> Path:
        """The official file of the league; `player_valuation/latest.parquet` is a copy of it."""
        return self.data / "analytics" / FILE

    def restore(self, state: str) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.folder / state, self.data)

    def keep(self, state: str) -> None:
        shutil.copytree(self.data, self.folder / state)

    def ingest(self, *seasons: int, **options: Any) -> IngestionSummary:
        chosen = {"seasons": list(seasons), "base_url": self.release.as_uri()} | options
        return run_ingest("nflverse", chosen, settings=self.settings)

    def run(self, product: str = "valuation", **parameters: Any) -> RunReport:
        """Run the product in this process."""
        return run_product(product, parameters, settings=self.settings)

    def start(self, target: str = "valuation", *words: str, **env: str) -> subprocess.Popen[str]:
        """`ff run` in a process of its own, by default with the parameters `WANTED`."""
        given = words or tuple(f"--{k.replace('_', '-')}={v}" for k, v in WANTED.items())
        return self._process("-m", "ff_analytics.cli", "run", target, *given, **env)

    def start_ingest(self, *seasons: int, **env: str) -> subprocess.Popen[str]:
        """`ingest/nflverse` of the release in a process of its own."""
        words = (f"--seasons={list(seasons)}", f"--base-url={self.release.as_uri()}")
        return self.start("ingest/nflverse", *words, **env)

    def start_maintenance(self, **env: str) -> subprocess.Popen[str]:
        """Maintenance of the lake in a process of its own."""
        code = (
            "from ff_analytics.engine.lake.care import maintenance as m; m.maintain(dry_run=False)"
        )
        return self._process("-c", code, **env)

    def run_script(self, code: str) -> subprocess.Popen[str]:
        """Python code in a process of its own, on this league's data."""
        return self._process("-c", code)

    def _process(self, *words: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *words],
            env={**os.environ, "FF_DATA_DIR": str(self.data), **env},
            cwd=PROJECT_ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )

    def published(self) -> pl.DataFrame:
        """The published rows, wherever the settings have them."""
        output = output_at(FILE, self.settings)
        return pl.read_parquet(output.opened() or output.place).drop(_PINNED)

    def mart(self, day: str | None = None) -> pl.DataFrame:
        """The analytics mart's rows, or those of one day, in the order of the published ones."""
        return lake.read(
            f"SELECT {', '.join(self.published().columns)} FROM analytics.mrt_player_valuation "
            "WHERE coalesce(snapshot_date = ?::DATE, TRUE) ORDER BY snapshot_date, player_id",
            [day],
            settings=self.settings,
        )

    def delivered(self, season: int) -> pl.DataFrame:
        """Key and touchdowns of the season's rows as the release has them."""
        file = self.release / "stats_player" / f"stats_player_week_{season}.parquet"
        rows = pl.read_parquet(file, columns=["player_id", "week", "receiving_tds"])
        whole = rows.filter(pl.col("player_id").is_not_null()).unique(["player_id", "week"])
        return whole.cast({"receiving_tds": pl.Float64, "week": pl.Int32}).sort("player_id", "week")

    def season(self, season: int) -> pl.DataFrame:
        """The same of the rows in the lake."""
        return lake.read(
            "SELECT player_id, week, receiving_tds FROM raw_nflverse.player_week "
            "WHERE season = ? ORDER BY ALL",
            [season],
            settings=self.settings,
        )

    def restate(self, season: int) -> None:
        """A correction by the provider: one more touchdown for everybody who scored."""
        file = self.release / "stats_player" / f"stats_player_week_{season}.parquet"
        scored = pl.col("receiving_tds")
        rows = pl.read_parquet(file).with_columns(scored + (scored > 0).cast(pl.Int32))
        # In one step, since an ingest may be reading.
        rows.write_parquet(file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)

    def keep_release(self) -> Path:
        """A copy of the provider's files that `restore` does not touch."""
        kept = self.folder / "kept-release"
        shutil.rmtree(kept, ignore_errors=True)
        return Path(shutil.copytree(self.release, kept))

    def take_release(self, kept: Path) -> None:
        """Put the provider's files back."""
        shutil.rmtree(self.release)
        shutil.copytree(kept, self.release)

    def expected(self, name: str) -> pl.DataFrame:
        """What an undisturbed run published: `before` or `wanted`."""
        return pl.read_parquet(self.folder / f"{name}.parquet")


def _build(league: League) -> None:
    write_league(league.folder / "files", seasons=(2024, 2025))
    shutil.copytree(league.folder / "files" / "nflverse", league.release)
    league.ingest(2024)
    assert league.run(**BEFORE).outcome == "completed"
    league.published().write_parquet(league.folder / "before.parquet")
    league.ingest(2025)
    league.keep("stale")
    # Another product with the same mart: it rebuilds it and leaves the valuation alone.
    assert league.run("template", **BEFORE).outcome == "completed"
    league.keep("warm")
    assert league.run(**WANTED).outcome == "completed"
    league.published().write_parquet(league.folder / "wanted.parquet")


def small_league(base: Path) -> League:
    """The league below `base`, built once: other processes of the suite copy that one."""
    folder = base / "small-league"
    if folder.exists():
        return League(folder)
    # Below xdist `base` is the folder of one process of several.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    built = League(shared / "built-league")
    built.folder.mkdir(exist_ok=True)
    with FileLock(built.folder / ".lock"):
        if not (built.folder / "wanted.parquet").exists():
            _build(built)
    shutil.copytree(built.folder, folder)
    return League(folder)
