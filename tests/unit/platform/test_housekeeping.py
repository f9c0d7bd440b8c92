"""Old quarantine, cache and run log files go to the trash; young ones and all else stay."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.care.housekeeping import remove_old_files
from ff_analytics.engine.sources.domain import run_folders


def file(path: Path, days: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (then, then))
    return path


def test_only_old_files_of_the_three_folders_go(lake_settings: Settings) -> None:
    old = file(lake_settings.quarantine_dir / "nflverse" / "a.parquet", 400)
    young = file(lake_settings.cache_dir / "b.parquet", 1)
    run_log = file(lake_settings.run_logs_dir / "run.log", 400)
    young_log = file(lake_settings.run_logs_dir / "another.log", 1)
    server_log = file(lake_settings.data / "logs" / "server.log", 400)
    output = file(Path(lake_settings.analytics) / "x" / "latest.parquet", 400)
    assert remove_old_files(dry_run=True) == 2
    assert old.exists()
    assert remove_old_files(dry_run=False) == 2
    assert not old.exists()
    assert not run_log.exists()
    kept = list((lake_settings.data / "trash").glob("*/quarantine/nflverse/a.parquet"))
    assert len(kept) == 1
    assert young.exists()
    assert young_log.exists()
    assert server_log.exists()
    assert output.exists()


def test_old_runs_of_a_domain_go_and_its_locks_stay(lake_settings: Settings) -> None:
    folder = lake_settings.data / "content"
    old = file(folder / "20250101-080000-run1" / "step1_rows.json", 400)
    young = file(folder / "20261101-080000-run2" / "step1_rows.json", 1)
    lock = file(folder / "CP-plan.lock", 400)
    assert remove_old_files(dry_run=True, run_folders=run_folders()) == 1
    assert remove_old_files(dry_run=False, run_folders=run_folders()) == 1
    assert not old.parent.exists()
    assert young.exists()
    assert lock.exists()
    kept = list((lake_settings.data / "trash").glob("*/content/*/step1_rows.json"))
    assert len(kept) == 1
