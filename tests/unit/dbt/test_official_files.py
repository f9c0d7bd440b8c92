"""What the Postgres gets of an output: every league's official file, and no scenario."""

from pathlib import Path

import duckdb

from ff_analytics.engine.dbt.postgres import _official_files


def test_each_official_row_is_loaded_once(tmp_path: Path) -> None:
    for name in (
        *("player_valuation/latest", "player_valuation/a/latest", "player_valuation/b/latest"),
        *("player_valuation/scenarios/a-1/latest", "player_valuation/a/as_of/snapshot-1"),
        *("backtest/latest", "backtest/scenarios/x-1/latest"),
    ):
        file = tmp_path / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    found = _official_files(duckdb.connect(), tmp_path.as_posix())
    named = {o: [str(Path(f).relative_to(tmp_path)) for f in files] for o, files in found.items()}
    assert named == {
        "player_valuation": [
            "player_valuation/a/latest.parquet",
            "player_valuation/b/latest.parquet",
        ],
        "backtest": ["backtest/latest.parquet"],
    }
