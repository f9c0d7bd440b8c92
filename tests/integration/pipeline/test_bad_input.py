"""Whatever is wrong with what a run is given: one clear sentence, and the outputs as they were."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError, ContractViolation, PublishError
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings, get_settings
from ff_analytics.engine.lake.care.maintenance import maintain
from ff_analytics.engine.products.pipeline import run_product
from ff_analytics.engine.products.run import RunReport, start
from ff_analytics.engine.products.stages.compute import compute
from ff_analytics.engine.products.stages.load_mart import load_mart
from ff_analytics.engine.products.stages.write_parquet import write_parquet
from tests.fakes.reader import check_settled
from tests.fakes.small_league import BEFORE, WANTED, League

Refused = Callable[..., RunReport]


@pytest.fixture
def refused(league: League) -> Refused:
    """Run the valuation; it must fail in `stage`, saying `words`, and leave the outputs alone."""

    def run(stage: str, *words: str, **parameters: Any) -> RunReport:
        before = (league.latest.read_bytes(), league.latest.stat().st_mtime_ns)
        report = league.run(**(WANTED | parameters))
        assert report.outcome == "failed"
        said = report.failure_line()
        assert said.startswith(f"{stage}: "), said
        assert all(word in said for word in words), said
        # One paragraph that ends as a sentence does: no traceback, no SQL excerpt.
        assert report.error is not None
        assert "\n" not in report.error
        assert report.error.rstrip().endswith((".", ".sql"))
        assert (league.latest.read_bytes(), league.latest.stat().st_mtime_ns) == before
        return report

    return run


def test_a_wrong_league_file(
    league: League, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(PROJECT_ROOT / "leagues", tmp_path / "leagues"))
    file = folder / "dynasty_half_ppr.yaml"
    file.write_text(file.read_text().replace("receptions:", "recepctions:"))
    monkeypatch.setenv("FF_LEAGUES_DIR", str(folder))
    get_settings.cache_clear()
    words = rf"{file}, line \d+: scoring.recepctions is not a .*did you mean receptions\?"
    with pytest.raises(ConfigError, match=words):
        league.run(**WANTED)


def test_a_wrong_file_of_another_league(
    refused: Refused, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(PROJECT_ROOT / "leagues", tmp_path / "leagues"))
    (folder / "redraft_ppr.yaml").write_text("name: redraft_ppr\nteams: [12\n")
    monkeypatch.setenv("FF_LEAGUES_DIR", str(folder))
    get_settings.cache_clear()
    refused("load-mart", "configuration", "redraft_ppr.yaml, line", "not valid YAML")


def test_an_unknown_league(league: League) -> None:
    with pytest.raises(ConfigError, match=r"no league 'nobodys' in .*Leagues: dynasty_half_ppr"):
        league.run(league="nobodys")


def test_an_unknown_product(capsys: pytest.CaptureFixture[str]) -> None:
    assert ff(["run", "valuatoin"]) == 2
    said = capsys.readouterr().err
    assert "there is no 'valuatoin'. Did you mean analytics/valuation?" in said
    assert "Traceback" not in said


def test_an_unknown_parameter(league: League) -> None:
    with pytest.raises(ConfigError, match=r"valuation: saeson is unknown; did you mean season"):
        league.run(saeson=2025)


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2001-01-01", "is before the lake's first snapshot ("),
        (-1, "Snapshot -1 is not in the lake (kept: 0 to "),
        (10_000, "Snapshot 10000 is not in the lake (kept: 0 to "),
    ],
)
def test_as_of_before_or_beyond_the_lakes_history(
    refused: Refused, as_of: int | str, words: str
) -> None:
    refused("ingest-check", "lake-missing", words, "ff sql --snapshots", as_of=as_of)


def test_as_of_before_anything_was_loaded(refused: Refused) -> None:
    words = ("broken-input", "no such table", "Run ingest/nflverse, or ingest/sample")
    refused("ingest-check", *words, as_of=0)


def test_as_of_before_the_marts_were_built(refused: Refused, league: League) -> None:
    first = lake.snapshots(league.settings)
    loaded = first.filter(first["message"].str.starts_with("merge"))["snapshot_id"].max()
    before_marts = first.filter(first["message"].str.contains("dbt"))["snapshot_id"].min()
    assert isinstance(loaded, int)
    assert isinstance(before_marts, int)
    words = ("lake-missing", "marts.mrt_fantasy_actuals_weekly is not in the lake at snapshot")
    refused("load-mart", *words, "run again without as_of", as_of=before_marts - 1, season=2024)


def test_a_season_that_is_not_loaded(refused: Refused) -> None:
    words = "season 2019 is not loaded (expected one of 2024, 2025)"
    refused("ingest-check", "broken-input", words, "load 2019 with ingest/nflverse", season=2019)


def test_no_lake(tmp_path: Path) -> None:
    report = run_product("valuation", settings=Settings(data_dir=tmp_path))
    assert report.failure_line().startswith("ingest-check: lake-missing: No lake at ")
    assert "scripts/quickstart" in report.failure_line()


def test_a_lost_catalog_of_which_there_are_copies(refused: Refused, league: League) -> None:
    maintain(dry_run=False, settings=league.settings)
    for catalog in (league.data / "lake").glob("catalog.sqlite*"):
        catalog.unlink()
    refused("ingest-check", "lake-damaged", "has no catalog", "ff lake restore")


@pytest.mark.parametrize("content", [b"not a database " * 500, None])
def test_a_damaged_catalog(refused: Refused, league: League, content: bytes | None) -> None:
    file = league.data / "lake" / "catalog.sqlite"
    file.write_bytes(content or file.read_bytes()[: file.stat().st_size // 2])
    refused("ingest-check", "lake-damaged", str(file), "could not be opened", "ff lake restore")


def test_an_output_of_another_lake_is_not_replaced(refused: Refused, league: League) -> None:
    """Two lakes over one data folder: what one publishes the other leaves alone."""
    noted = {k: v for k, v in pl.read_parquet_metadata(league.latest).items() if k[:3] == "ff."}
    rows = pl.read_parquet(league.latest)
    rows.write_parquet(league.latest, metadata=noted | {"ff.lake": "of-another-lake"})
    before = league.latest.read_bytes()
    refused("write-parquet", "lake-foreign", "was published from lake", "move the file away")
    assert league.latest.read_bytes() == before


@pytest.mark.parametrize("kept", [0, 4, 0.5])
def test_an_empty_cut_or_torn_mart_file(refused: Refused, league: League, kept: float) -> None:
    folder = league.data / "lake" / "files" / "marts" / "mrt_fantasy_actuals_weekly"
    for file in folder.glob("*.parquet"):
        whole = file.read_bytes()
        file.write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    refused("load-mart", "lake-damaged", ".parquet", "ff lake restore --drop-damaged drops marts.")


@pytest.mark.parametrize("kept", [0, 0.5])
def test_an_empty_or_torn_output_is_replaced_by_the_next_run(league: League, kept: float) -> None:
    whole = league.latest.read_bytes()
    league.latest.write_bytes(whole[: int(kept * len(whole))])
    assert league.run(**WANTED).error is None
    check_settled(league)


def test_a_lake_locked_by_another_process(
    refused: Refused, league: League, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = tmp_path / "release"
    fault = {"FF_FAULT": "lake.before-commit=hang", "FF_FAULT_RELEASE": str(release)}
    holder = league.start(**fault)
    while not release.with_suffix(".reached").exists():
        assert holder.poll() is None
    monkeypatch.setenv("FF_LAKE_LOCK_TIMEOUT", "0.3")
    words = f"The lake is being written by local/valuation (pid {holder.pid}) since 20"
    refused("ingest-check", "lake-busy", words, "Wait for it to finish")
    holder.kill()
    holder.communicate()
    assert league.run(**WANTED).outcome == "completed"


def test_an_output_that_breaks_its_contract_is_not_published(league: League) -> None:
    run = start("valuation", WANTED, settings=league.settings)
    right = run.product.compute

    def wrong(*given: Any) -> pl.DataFrame:
        first = pl.int_range(pl.len()) < 3
        return right(*given).with_columns(war=pl.when(first).then(None).otherwise("war"))

    run.product = replace(run.product, compute=wrong)
    loaded = load_mart(run)
    with pytest.raises(
        ContractViolation, match=r"war\|nullability \(3 rows\).*is untouched"
    ) as told:
        compute(run, loaded)
    (file,) = (league.settings.quarantine_dir / "analytics" / "player_valuation").iterdir()
    assert str(file) in str(told.value)
    assert pl.read_parquet(file).height == 3
    assert league.published().equals(league.expected("before"))


def test_an_empty_output_is_not_published(league: League) -> None:
    run = start("valuation", WANTED, settings=league.settings)
    with pytest.raises(ContractViolation, match="the output has no rows; the previous file stays"):
        write_parquet(run, league.expected("wanted").clear())
    assert league.published().equals(league.expected("before"))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("enospc", "[Errno 28] No space left on device"),
        ("eio", "[Errno 5] Input/output error"),
        ("eacces", "[Errno 13] Permission denied"),
    ],
)
def test_an_error_of_the_disk_while_publishing(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, error: str, words: str
) -> None:
    monkeypatch.setenv("FF_FAULT", f"write-parquet.before-replace={error}")
    said = f"latest.parquet could not be written: {words}"
    refused("write-parquet", "publish", said, "The previous file is untouched. Check free space")


def test_a_retry_after_a_full_disk_publishes(
    league: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the task does it: the same run, the stage once more."""
    monkeypatch.setenv("FF_LAKE_LOCK_TIMEOUT", "1")
    run = start("valuation", WANTED, settings=league.settings)
    rows = league.expected("wanted")
    monkeypatch.setenv("FF_FAULT", "write-parquet.before-replace=enospc")
    with pytest.raises(PublishError):
        write_parquet(run, rows)
    monkeypatch.delenv("FF_FAULT")
    write_parquet(run, rows)
    assert [stage.outcome for stage in run.stages] == ["completed"]
    run.close()


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[None]:
    """A file system of its own on `folder`; skips where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    done = subprocess.run(
        ["mount", *arguments, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"mounting is not possible here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_really_full(refused: Refused, league: League) -> None:
    folder = league.latest.parent
    size = league.latest.stat().st_size // 1024 + 48
    previous = league.latest.read_bytes()
    with mounted(folder, "-t", "tmpfs", "-o", f"size={size}k", "tmpfs"):
        league.latest.write_bytes(previous)
        refused("write-parquet", "publish", "No space left on device", "Check free space")
        assert [file.name for file in folder.iterdir()] == ["latest.parquet"]
    assert league.run(**WANTED).outcome == "completed"


def test_a_full_disk_under_the_lake(refused: Refused, league: League) -> None:
    folder = league.data / "lake"
    kept = shutil.copytree(folder, league.data / "lake-of-before")
    with mounted(folder, "-t", "tmpfs", "-o", "size=64m", "tmpfs"):
        shutil.copytree(kept, folder, dirs_exist_ok=True)
        filler = folder / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(shutil.disk_usage(folder).free + 1))
        refused("ingest-check", str(folder / "catalog.sqlite"), "free space")
        filler.unlink()
        assert league.run(**WANTED).error is None


@pytest.mark.parametrize(
    ("place", "stage", "words"),
    [
        ("analytics/player_valuation", "write-parquet", "latest.parquet could not be written"),
        ("lake", "ingest-check", "catalog.sqlite"),
    ],
)
def test_a_read_only_folder(
    refused: Refused, league: League, place: str, stage: str, words: str
) -> None:
    folder = league.data / place
    with mounted(folder, "--bind", "-o", "ro", str(folder)):
        refused(stage, words, "permissions of")
    assert league.run(**WANTED).outcome == "completed"


def test_a_read_only_folder_of_reports(league: League) -> None:
    """The report follows the file, so that one is new then; the report is the one of before."""
    folder = league.data / "reports"
    before = (folder / "valuation.html").read_bytes()
    with mounted(folder, "--bind", "-o", "ro", str(folder)):
        said = league.run(**WANTED).failure_line()
    assert said.startswith("write-parquet: publish: ")
    assert f"{WANTED['snapshot_date']}.html could not be written" in said
    assert (folder / "valuation.html").read_bytes() == before
    assert league.published().equals(league.expected("wanted"))


def test_a_folder_that_we_may_not_write(refused: Refused, league: League) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere; test_a_read_only_folder covers it")
    league.latest.parent.chmod(0o555)
    try:
        refused("write-parquet", "publish", "could not be written", "permissions")
    finally:
        league.latest.parent.chmod(0o755)


def test_the_direct_run_ends_with_code_and_sentence(
    league: League, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["run", "valuation", "--season=2019"]) == 1
    assert "failed in ingest-check: broken-input: 1 of" in capsys.readouterr().err
    assert league.published().equals(league.expected("before"))
    assert league.mart(BEFORE["snapshot_date"]).equals(league.expected("before"))


def test_an_output_of_an_older_layout_is_replaced(league: League) -> None:
    """Comparing with it is a comfort; it must not stop the run that mends it."""
    league.run(**WANTED)
    info = pl.read_parquet_metadata(league.latest)
    old = pl.read_parquet(league.latest)
    ours = {name: value for name, value in info.items() if name.startswith("ff.")}
    for layout in (old.drop("player_id"), old.with_columns(pl.lit("many").alias("vor"))):
        layout.write_parquet(league.latest, metadata=ours)
        assert league.run(**WANTED).error is None
        assert league.published().equals(league.expected("wanted"))
