"""`ff backfill` of a source: what it shows, does, refuses, and goes on with."""

from collections.abc import Callable

import pytest

from ff_analytics.cli.main import main as ff
from ff_analytics.engine.backfill.journal import one_backfill
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary
from tests.fakes.release_server import ReleaseServer
from tests.fakes.releases import season_frame, write_season

Ingest = Callable[..., IngestionSummary]
Query = Callable[[str], list[tuple[object, ...]]]
Backfill = Callable[..., tuple[int, str]]

PER_SEASON = "SELECT season, count(*) FROM raw_nflverse.player_week GROUP BY 1 ORDER BY 1"


@pytest.fixture
def backfill(
    server: ReleaseServer, lake_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> Backfill:
    """`backfill("2022:2023", "--apply")`: exit code and what it printed."""

    def call(seasons: str, *words: str) -> tuple[int, str]:
        reach = ("--base-url", server.url, "--include-schedules", "false")
        code = ff(["backfill", "nflverse", "--seasons", seasons, *reach, *words])
        return code, "".join(capsys.readouterr())

    return call


def test_a_dry_run_makes_no_lake(backfill: Backfill, lake_settings: Settings) -> None:
    code, said = backfill("2022:2023")
    assert code == 0
    assert "player_week 2023: 60 new, 0 updated, 0 unchanged" in said
    assert "2 of 2 done" in said
    assert "140 new" in said
    assert "--apply" in said.splitlines()[-1]
    assert not lake_settings.lake_dir.exists()


def test_a_dry_run_counts_what_the_load_will_change(
    backfill: Backfill, server: ReleaseServer, ingest: Ingest, stored: Query
) -> None:
    ingest(2022)
    restated = season_frame(2022, weeks=4).slice(1)
    write_season(server.folder, 2022, restated)
    before = stored("FROM ops.cursors"), stored(PER_SEASON), stored("FROM ops.ingest_runs")
    _, shown = backfill("2022")
    assert "20 new, 0 updated, 59 unchanged, 1 deleted" in shown
    assert (
        stored("FROM ops.cursors"),
        stored(PER_SEASON),
        stored("FROM ops.ingest_runs"),
    ) == before
    _, done = backfill("2022", "--apply")
    assert "20 new, 0 updated, 59 unchanged, 1 deleted" in done
    assert stored(PER_SEASON) == [(2022, 79)]


def test_it_goes_on_where_it_failed(
    backfill: Backfill, server: ReleaseServer, stored: Query
) -> None:
    server.fail("week_2023", status=404)
    code, said = backfill("2022:2023", "--apply")
    assert code == 1
    assert "not done: 2023" in said
    server.heal()
    code, said = backfill("2022:2023", "--apply")
    assert (code, stored(PER_SEASON)) == (0, [(2022, 60), (2023, 60)])
    assert "going on: 1 of 2" in said
    assert not any("week_2022" in request.path for request in server.journal)
    assert "going on" not in backfill("2022:2023", "--apply")[1]


def test_a_provider_that_is_down_is_not_asked_for_every_season(
    backfill: Backfill, server: ReleaseServer
) -> None:
    server.fail("", status=503)
    code, said = backfill("2019:2023", "--apply")
    assert code == 1
    assert "not done: 2019, 2020, 2021, 2022, 2023" in said
    assert not any("week_2021" in request.path for request in server.journal)


def test_one_backfill_of_a_dataset_at_a_time(backfill: Backfill, lake_settings: Settings) -> None:
    with one_backfill(["raw_nflverse.players"], "backfill of ingest/other", lake_settings):
        code, said = backfill("2022", "--apply")
    assert code == 1
    assert "raw_nflverse.players is being backfilled by backfill of ingest/other (pid" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nflverse", "--seasons", "1990:1999"], "seasons.0 is 1990; it must be at least 1999"),
        (["sample", "--seasons", "1"], "no stretch of the past"),
        (["nflvers", "--seasons", "1"], "Did you mean ingest/nflverse?"),
    ],
)
def test_what_cannot_begin_is_one_sentence(
    words: list[str], said: str, lake_settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["backfill", *words]) == 2
    assert said in capsys.readouterr().err
