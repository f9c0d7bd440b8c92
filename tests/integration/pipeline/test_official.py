"""Official outputs when a season has just begun, or when an input is half loaded."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from ff_analytics.domains.fantasy.checks import checks
from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.lake.ops import bump_version
from ff_analytics.engine.products.run import RunReport
from tests.fakes.small_league import League

FIRST, NEXT = "2026-09-01", "2026-09-15"


@pytest.fixture(scope="module")
def coming(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The weekly statistics of season 2026 of the sample league."""
    folder = tmp_path_factory.mktemp("coming")
    write_league(folder, seasons=(2024, 2025, 2026))
    return pl.read_parquet(folder / "nflverse/stats_player/stats_player_week_2026.parquet")


@pytest.fixture
def played(league: League, monkeypatch: pytest.MonkeyPatch) -> League:
    """Seasons 2024 and 2025, and the official outputs of them, in the first weeks of 2026."""
    monkeypatch.setattr(checks, "_today", lambda params: date.fromisoformat(NEXT))
    if not (league.folder / "official").exists():
        for product in ("valuation", "template"):
            report = league.run(product, snapshot_date=FIRST)
            assert report.outcome == "completed", report.error
        league.keep("official")
    league.restore("official")
    return league


def begin(league: League, rows: pl.DataFrame) -> None:
    """Load these rows as season 2026."""
    rows.write_parquet(league.release / "stats_player" / "stats_player_week_2026.parquet")
    league.ingest(2026, force=True)


def one_game(rows: pl.DataFrame) -> pl.DataFrame:
    opening = rows.filter(pl.col("week") == 1)
    home = opening.row(0, named=True)
    return opening.filter(pl.col("team").is_in([home["team"], home["opponent_team"]]))


def state(league: League, report: str = "valuation") -> tuple[bytes, str, pl.DataFrame]:
    page = league.data / "reports" / f"{report}.html"
    return league.latest.read_bytes(), page.read_text(), league.mart()


def test_the_first_game_of_a_season_leaves_the_valuation_on_the_last_one(
    played: League, coming: pl.DataFrame
) -> None:
    before = played.published()
    begin(played, one_game(coming))
    report = played.run(snapshot_date=NEXT)
    assert (report.outcome, report.notices) == ("completed", [])
    assert set(played.published()["season"]) == {2025}
    assert played.published().height == before.height
    template = played.run("template", snapshot_date=NEXT)
    assert template.outcome == "completed"
    rows = pl.read_parquet(played.data / "analytics/template/latest.parquet")
    assert set(rows["season"]) == {2025}


def test_a_season_that_is_asked_for_is_valued(played: League, coming: pl.DataFrame) -> None:
    begin(played, one_game(coming))
    before = state(played)
    report = played.run(season=2026, snapshot_date=NEXT)
    # Asked for by name, so it is no official output.
    assert report.outcome == "completed", report.error
    assert set(pl.read_parquet(report.output or "")["season"]) == {2026}
    after = state(played)
    assert before[:2] == after[:2]
    assert before[2].equals(after[2])


def test_the_switch_to_a_season_is_announced_once(played: League, coming: pl.DataFrame) -> None:
    begin(played, coming.filter(pl.col("week") <= 4))
    first = played.run(snapshot_date="2026-10-05")
    assert first.outcome == "completed", first.error
    assert first.notices == [
        "valuation of dynasty_half_ppr: season is 2026 from now on; "
        f"it was 2025 in the output of {FIRST}."
    ]
    assert set(played.published()["season"]) == {2026}
    assert played.run(snapshot_date="2026-10-06").notices == []


def lose(league: League, condition: str) -> None:
    """Delete weekly statistics, as a provider does who delivers half a file."""

    def work(con: Any) -> None:
        con.execute(f"DELETE FROM raw_nflverse.player_week WHERE {condition}")
        bump_version(con, "raw_nflverse.player_week")

    lake.commit(lake.Provenance(author="test", message="loss"), work, settings=league.settings)


def refused(league: League, **given: Any) -> RunReport:
    before = state(league)
    report = league.run(snapshot_date=NEXT, **given)
    after = state(league)
    assert (report.outcome, report.error_kind) == ("failed", "shrunk-output"), report.error
    assert report.failure_line().startswith("write-parquet: shrunk-output: ")
    assert before[:2] == after[:2]
    assert before[2].equals(after[2])
    return report


def test_an_output_that_shrinks_is_published_only_when_confirmed(played: League) -> None:
    rows = played.published().height
    lose(played, "hash(player_id) % 2 = 0")
    said = refused(played).error or ""
    assert f"valuation of dynasty_half_ppr shrinks from {rows:,} to " in said
    assert f"that of {FIRST} stays" in said
    assert "--param league=dynasty_half_ppr --param accept_shrunk=true" in said
    assert "ff run valuation --league dynasty_half_ppr --accept-shrunk" in said
    confirmed = played.run(snapshot_date=NEXT, accept_shrunk=True)
    assert confirmed.outcome == "completed", confirmed.error
    assert played.published().height < 0.7 * rows
    # Confirmed once: from now on the smaller output is the one to compare with.
    assert played.run(snapshot_date="2026-09-16").outcome == "completed"


def test_an_output_without_a_position_is_not_published(played: League) -> None:
    kickers = played.published().filter(pl.col("position") == "K").height
    assert 0 < kickers < 0.3 * played.published().height
    lose(played, "position = 'K'")
    said = refused(played).error or ""
    assert f"has no row of K any more ({kickers} before)" in said


def test_an_output_that_goes_back_a_season_is_not_published(played: League) -> None:
    lose(played, "season = 2025 AND week > 2")
    said = refused(played).error or ""
    assert "valuation of dynasty_half_ppr goes back from season 2025 to 2024" in said


def test_only_outputs_of_the_same_league_are_compared(played: League) -> None:
    lose(played, "hash(player_id) % 2 = 0")
    other = played.run(league="redraft_ppr", snapshot_date=NEXT)
    assert other.outcome == "completed", other.error
    # The other league is newer now; the league itself has not shrunk with it.
    refused(played)


def test_a_scenario_is_not_compared(played: League) -> None:
    lose(played, "hash(player_id) % 2 = 0")
    assert played.run(baseline="vorp", snapshot_date=NEXT).outcome == "completed"


def test_a_limit_of_the_installation_counts(
    played: League, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(played, "hash(player_id) % 2 = 0")
    monkeypatch.setenv("FF_SHRINK_LIMIT", "0.9")
    get_settings.cache_clear()
    assert played.run(snapshot_date=NEXT).outcome == "completed"
