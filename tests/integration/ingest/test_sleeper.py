"""ingest/sleeper: a league by its id, its nulls, and a profile that respects its owner."""

from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import stamina
import yaml

from ff_analytics.demo.providers.serving import serve
from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.engine.base.errors import (
    ConfigError,
    SourceError,
    SourceMissing,
    SourceUnavailable,
)
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.lake_players import load_players
from tests.fakes.sleeper import LEAGUE_ID, Sleeper

Query = Callable[[str], list[tuple[object, ...]]]
Load = Callable[..., IngestionSummary]
NAME = "harbour_dynasty_ii"
LEAGUE_PROFILE = {
    **{
        "description": f"Harbour, season 2025, Sleeper league {LEAGUE_ID}.",
        "teams": 3,
        "weeks": 17,
    },
    **{"timezone": "America/New_York", "slots": {"QB": 1}, "scoring": {"receptions": 1.0}},
    **{"budget": 200, "minimum_bid": 1},
}
SEATS = "SELECT player_id, franchise, slot FROM raw_league.rosters ORDER BY ALL"
PEOPLE = [
    ("00-0000001", "Al Vance", "QB", "LV", 2021, 2026, None),
    ("00-0000002", "Bo Vance", "WR", "LV", 2021, 2026, None),
    ("00-0000003", "Cy Vance", "WR", "LV", 2021, 2026, None),
]


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    fake = Sleeper()
    with stamina.set_testing(True, attempts=2), serve(fake.app(), fake.faults) as url:
        fake.url = url
        yield fake


@pytest.fixture
def load(
    sleeper: Sleeper, lake_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Load:
    monkeypatch.setenv("FF_LEAGUES_DIR", str(tmp_path / "leagues"))
    get_settings.cache_clear()
    load_players(*PEOPLE)

    def call(**options: object) -> IngestionSummary:
        chosen = {"league_id": LEAGUE_ID, "base_url": sleeper.url} | options
        return run_ingest("sleeper", chosen, run_id="test")

    return call


def test_rosters_and_managers_come_with_all_their_nulls(load: Load, stored: Query) -> None:
    summary = load()
    assert stored(SEATS) == [
        ("00-0000001", "Tidal Wrens", "active"),
        ("00-0000002", "Tidal Wrens", "taxi"),
        ("00-0000003", "bo", "ir"),
        ("DST-LA", "Tidal Wrens", "active"),
    ]
    managers = "SELECT franchise, manager FROM raw_league.franchises ORDER BY 1"
    assert stored(managers) == [("Roster 3", None), ("Tidal Wrens", "ada"), ("bo", "bo")]
    [warning] = [line for line in summary.warnings if line.startswith("rosters: 1 player")]
    assert "Prospect Vance" in warning


def test_a_player_whom_the_lake_does_not_know_is_in_quarantine(load: Load) -> None:
    load()
    [file] = (get_settings().quarantine_dir / "sleeper" / "rosters").glob("*.parquet")
    [row] = pl.read_parquet(file).select("franchise", "listed_name", "_reason").rows()
    assert row == ("bo", "Prospect Vance", "unknown name")


def test_the_league_becomes_a_profile_that_loads(load: Load) -> None:
    summary = load()
    profile = load_profile(NAME)
    assert profile.teams == 3
    assert profile.slots == {
        **{"QB": 1, "RB": 2, "WR": 2, "TE": 1, "K": 1, "DST": 1, "FLEX": 1, "WR_TE_FLEX": 1},
        **{"SUPERFLEX": 1, "BENCH": 4, "TAXI": 2, "IR": 1},
    }
    assert profile.scoring["passing_yards"] == 0.04
    assert profile.scoring["te_receptions"] == 0.5
    assert {points for name, points in profile.scoring.items() if "missed" in name} == {-1}
    assert "scored there, but no category here: bonus_rush_yd_100 3" in summary.warnings


def test_an_untouched_profile_follows_the_league_and_a_changed_one_stays(
    load: Load, sleeper: Sleeper
) -> None:
    load()
    file = get_settings().leagues / f"{NAME}.yaml"
    assert sleeper.league is not None
    sleeper.league["scoring_settings"] = {**sleeper.league["scoring_settings"], "rec": 1.0}
    load()
    assert load_profile(NAME).scoring["receptions"] == 1
    mine = file.read_text().replace("teams: 3", "teams: 4")
    file.write_text(mine)
    warnings = load().warnings
    assert file.read_text() == mine
    assert any("is kept; it differs from Sleeper: teams 4 here, 3 there" in w for w in warnings)
    load(overwrite_profile=True)
    assert load_profile(NAME).teams == 3


def test_a_profile_of_ones_own_that_agrees_is_kept_in_silence(load: Load) -> None:
    load()
    file = get_settings().leagues / f"{NAME}.yaml"
    mine = file.read_text().replace("budget: 200", "budget: 300")
    file.write_text(mine)
    summary = load()
    assert file.read_text() == mine
    assert "is your own and agrees with Sleeper; it is kept" in summary.notes[0]


def franchises(stored: Query) -> set[tuple[object, ...]]:
    return set(stored("SELECT DISTINCT league, franchise FROM raw_league.rosters"))


def test_a_second_league_of_the_same_name_is_another_league(
    load: Load, sleeper: Sleeper, stored: Query
) -> None:
    load()
    sleeper.another("55550002", ["Xeno", "Yara"])
    summary = load(league_id="55550002")
    assert f"{NAME} is another league already, so this one is called {NAME}_0002" in str(
        summary.warnings
    )
    assert load_profile(NAME).teams == 3
    assert load_profile(f"{NAME}_0002").sleeper_league == "55550002"
    assert franchises(stored) == {
        *((NAME, "Tidal Wrens"), (NAME, "bo")),
        *((f"{NAME}_0002", "Xeno"), (f"{NAME}_0002", "Yara")),
    }
    # Again, and under a new label: the id is known by now.
    sleeper.others["55550002"]["league"]["name"] = "Renamed"
    load(league_id="55550002", force=True)
    assert {league for league, _ in franchises(stored)} == {NAME, f"{NAME}_0002"}
    with pytest.raises(ConfigError, match=rf"{NAME} is Sleeper league {LEAGUE_ID}, and 55550002"):
        load(league_id="55550002", name=NAME)


@pytest.mark.parametrize("between", [0, 1])
def test_a_renewed_league_keeps_its_name_and_none_of_the_old_franchises(
    load: Load, sleeper: Sleeper, stored: Query, between: int
) -> None:
    load()
    for season in range(between):
        sleeper.another(f"7{season}", [], previous_league_id=LEAGUE_ID)
    last = f"7{between - 1}" if between else LEAGUE_ID
    sleeper.another("88", ["Xeno", "Yara"], previous_league_id=last, season="2027", name="New")
    summary = load(league_id="88")
    assert f"{NAME} follows Sleeper league {LEAGUE_ID} into season 2027" in str(summary.notes)
    assert load_profile(NAME).sleeper_league == "88"
    assert franchises(stored) == {(NAME, "Xeno"), (NAME, "Yara")}
    assert stored("SELECT franchise FROM raw_league.franchises ORDER BY 1") == [
        ("Xeno",), ("Yara",),
    ]  # fmt: skip


def test_an_earlier_season_does_not_take_the_name_of_the_renewed_league(
    load: Load, sleeper: Sleeper, stored: Query
) -> None:
    load()
    sleeper.another("88", ["Xeno", "Yara"], previous_league_id=LEAGUE_ID)
    load(league_id="88")
    load()
    assert (NAME, "Xeno") in franchises(stored)
    assert (f"{NAME}_0001", "Tidal Wrens") in franchises(stored)


def test_a_profile_of_before_is_recognised_by_its_description(load: Load, sleeper: Sleeper) -> None:
    folder = get_settings().leagues
    folder.mkdir()
    old = {**LEAGUE_PROFILE, "name": "mine"}
    (folder / "mine.yaml").write_text(yaml.safe_dump(old))
    load()
    assert [file.stem for file in folder.glob("*.yaml")] == ["mine"]


def test_a_profile_of_another_source_is_not_taken_over(load: Load) -> None:
    folder = get_settings().leagues
    folder.mkdir()
    own = {**LEAGUE_PROFILE, "name": NAME, "description": "Our own league."}
    (folder / f"{NAME}.yaml").write_text(yaml.safe_dump(own))
    load()
    assert load_profile(NAME).description == "Our own league."
    assert load_profile(f"{NAME}_0001").sleeper_league == LEAGUE_ID


def test_managers_who_rename_their_teams_leave_no_franchise_behind(
    load: Load, sleeper: Sleeper, stored: Query
) -> None:
    load()
    sleeper.users = [
        {"user_id": "11", "display_name": "Ada"},
        {"user_id": "22", "display_name": "ADA"},
    ]
    load()
    assert stored("SELECT franchise FROM raw_league.franchises ORDER BY 1") == [
        ("ADA (2)",), ("Ada (1)",), ("Roster 3",),
    ]  # fmt: skip


def test_nothing_new_is_loaded_once_and_players_are_asked_for_once_a_day(
    load: Load, sleeper: Sleeper
) -> None:
    load()
    assert all(part.not_modified for part in load().parts)
    assert len(sleeper.faults.asked("/players/nfl")) == 1
    sleeper.rosters[1]["players"] = ["903"]
    sleeper.rosters[0]["players"] = ["901", "902", "LAR", "904"]
    assert load().totals["rejected"] == 1


def test_a_league_that_is_not_there_is_said_with_what_its_id_is(
    load: Load, sleeper: Sleeper, stored: Query
) -> None:
    with pytest.raises(SourceMissing, match=r"Sleeper has no league 5\. Its id is the number in"):
        load(league_id="5")
    sleeper.league = None
    with pytest.raises(SourceMissing, match="Sleeper has no league"):
        load()
    with pytest.raises(ConfigError, match="league_id is"):
        load(league_id="my league")


def test_a_rate_limit_is_waited_for_and_then_given_up(load: Load, sleeper: Sleeper) -> None:
    sleeper.faults.status("/rosters", 429, headers={"Retry-After": "0"})
    assert load().retries == 1
    sleeper.faults.status("/rosters", 429, headers={"Retry-After": "0"}, times=9)
    with pytest.raises(SourceUnavailable, match=r"answered HTTP 429 .*in each of 2 tries"):
        load()


@pytest.mark.parametrize(
    ("path", "change", "words"),
    [
        ("/league/", lambda body: {"name": "x"}, "than documented: season is missing"),
        ("/rosters", lambda body: {"error": "x"}, "than documented: it must be a list"),
    ],
)
def test_an_answer_of_another_shape_is_refused_and_rosters_stay(
    load: Load, sleeper: Sleeper, stored: Query, path: str, change: object, words: str
) -> None:
    load()
    before = stored(SEATS)
    sleeper.faults.on(path, change=change)
    with pytest.raises(SourceError, match=words):
        load()
    assert stored(SEATS) == before


def test_rules_without_a_starting_slot_make_no_profile(load: Load, sleeper: Sleeper) -> None:
    assert sleeper.league is not None
    sleeper.league["roster_positions"] = ["BN", "HC"]
    with pytest.raises(SourceError, match="make no league profile: slots has no starting slot"):
        load()
    summary = load(write_profile=False)
    assert not (get_settings().leagues / f"{NAME}.yaml").exists()
    assert summary.changed


def test_a_league_before_its_draft_keeps_what_the_lake_has(load: Load, sleeper: Sleeper) -> None:
    for roster in sleeper.rosters:
        roster["players"] = None
    summary = load()
    assert any("no roster of the league has a player yet" in line for line in summary.warnings)


def test_over_the_sample_league_only_the_profile_is_written(load: Load, stored: Query) -> None:
    load_players(*PEOPLE, origin="sample")
    summary = load()
    assert "the lake holds the sample league" in summary.warnings[-1]
    assert load_profile(NAME).teams == 3
    assert stored("SELECT DISTINCT _origin FROM raw_nflverse.players") == [("sample",)]


def test_without_players_in_the_lake_the_ids_of_sleeper_do(
    load: Load,
    lake_settings: Settings,
    stored: Query,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("FF_DATA_DIR", str(tmp_path / "other"))
    get_settings.cache_clear()
    load()
    assert [row[0] for row in stored(SEATS)] == ["00-0000001", "00-0000003", "DST-LA"]
