"""ingest/rankings: layouts, kickoff, matching, and what is wrong with a list."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.engine.base.errors import FFError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.ingest import IngestionSummary, run_ingest
from tests.fakes.lake_players import load_players
from tests.fakes.release_server import serve

Query = Callable[[str], list[tuple[object, ...]]]
Load = Callable[..., IngestionSummary]
PEOPLE = [
    ("00-0000001", "Orrin Vance Jr.", "WR", "LV", 2017, 2019, "7001"),
    ("00-0000002", "José Brindle", "RB", "KC", 2015, 2019, "7002"),
    ("00-0000003", "Tove Sandqvist", "QB", "JAX", 2012, 2019, "7003"),
    ("00-0000004", "Sam Twin", "WR", "GB", 2014, 2019, None),
    ("00-0000005", "Sam Twin", "WR", "NE", 2014, 2019, None),
]


@pytest.fixture
def players(lake_settings: Settings) -> Settings:
    load_players(*PEOPLE)
    return lake_settings


@pytest.fixture
def own(players: Settings, tmp_path: Path) -> Load:
    """`own(text)` writes the text to a file and loads it as the own list."""

    def load(text: str, *, name: str = "ranks.csv", **options: object) -> IngestionSummary:
        file = tmp_path / name
        file.write_text(text)
        given = {"provider": "own", "url": file.as_uri()} | options
        return run_ingest("rankings", given)

    return load


def ranks(stored: Query) -> list[tuple[object, ...]]:
    return stored(
        "SELECT season, week, page, player_id, average FROM raw_rankings.listings "
        "WHERE player_id IS NOT NULL ORDER BY ALL"
    )


def test_a_list_by_season_and_week_is_matched_by_id_name_suffix_and_accent(
    own: Load, stored: Query
) -> None:
    summary = own(
        "season,week,page_pos,pos,player_name,team,gsis_id,ecr,sd,scoring\n"
        "2019,0,WR,WR,O Vance,LV,00-0000001,1.5,0.5,ppr\n2019,0,RB,RB,Jose Brindle,KC,,2.5,1,ppr\n"
        "2019,3,WR,WR,Orrin Vance III,LV,,4,1,ppr\n2019,0,WR,WR,Prospect Nobody,FA,,9,1,ppr\n"
    )
    assert ranks(stored) == [
        (2019, 0, "RB", "00-0000002", 2.5),
        (2019, 0, "WR", "00-0000001", 1.5),
        (2019, 3, "WR", "00-0000001", 4.0),
    ]
    assert "own: 3 of 4 rows on 3 lists matched (75.0%): 1 by id" in summary.warnings[-1]
    assert summary.tables["own-unmatched"][0]["listed_name"] == "Prospect Nobody"


def test_another_list_leaves_the_ones_before(own: Load, stored: Query) -> None:
    own("season,pos,player,adp\n2018,QB,Tove Sandqvist,31\n2018,WR,Orrin Vance,3\n")
    own("season,pos,player,adp\n2019,QB,Tove Sandqvist,40\n", name="next.csv")
    # The same list again without one name: that name is withdrawn.
    own("season,pos,player,adp\n2018,QB,Tove Sandqvist,30\n", name="again.csv")
    assert ranks(stored) == [
        (2018, 0, "ALL", "00-0000003", 30.0),
        (2019, 0, "ALL", "00-0000003", 40.0),
    ]


def test_fantasypros_columns(own: Load, stored: Query) -> None:
    text = (
        '"RK","PLAYER NAME","TEAM","POS","AVG.","STD.DEV"\n'
        '"1","Orrin Vance (LV)","LV","WR1","1.2","0.4"\n'
        '"2","Tove Sandqvist JAX (7)","JAX","QB1","2.9","1.1"\n'
    )
    own(text, provider="fantasypros", season=2019, scoring="half")
    found = stored(
        "SELECT player_id, position, scoring, average FROM raw_rankings.listings ORDER BY 1"
    )
    assert found == [("00-0000001", "WR", "half", 1.2), ("00-0000003", "QB", "half", 2.9)]


def archive(*rows: tuple[str, str, str, float, str, str]) -> pl.DataFrame:
    names = ("page_type", "player", "pos", "ecr", "scrape_date", "fp_page")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        id=pl.lit("501"), sd=pl.lit(1.0), team=pl.lit("FA"), tm=pl.lit("LV")
    )


def test_the_archive_gives_the_last_list_before_each_kickoff(
    players: Settings, tmp_path: Path, stored: Query
) -> None:
    page = "/nfl/rankings/ppr-wr-cheatsheets.php"
    table = archive(
        ("redraft-wr", "Orrin Vance", "WR", 9.0, "2019-08-01", page),
        ("redraft-wr", "Orrin Vance", "WR", 4.0, "2019-09-04", page),
        ("redraft-wr", "Orrin Vance", "WR", 1.0, "2019-10-01", page),
        ("weekly-wr", "Orrin Vance", "WR", 7.0, "2019-09-13", "/nfl/rankings/ppr-wr.php"),
        ("best-overall", "Orrin Vance", "WR", 3.0, "2019-08-01", page),
    )
    table.write_parquet(tmp_path / "db_fpecr.parquet")
    (tmp_path / "db_playerids.csv").write_text("fantasypros_id,gsis_id\n501,00-0000001\n")
    summary = run_ingest("rankings", {"url": tmp_path.as_uri(), "history": True})
    assert ranks(stored) == [
        (2019, 0, "WR", "00-0000001", 4.0),
        # Friday of the second week, after the Thursday game: of no use for that week.
    ]
    assert "2 rows were ranked after the kickoff and left out" in summary.notes[0]
    assert stored("SELECT DISTINCT scoring, matched_by FROM raw_rankings.listings") == [
        ("ppr", "id")
    ]


def test_draft_positions_as_json(players: Settings, tmp_path: Path, stored: Query) -> None:
    who = {"name": "Orrin Vance", "position": "WR", "team": "LV", "adp": 3.4, "stdev": 1.1}
    answer = {"meta": {"type": "PPR", "end_date": "2019-09-01"}, "players": [who]}
    (tmp_path / "ppr").write_text(json.dumps(answer))
    run_ingest("rankings", {"provider": "ffc", "url": tmp_path.as_uri(), "season": 2019})
    day = 1_567_000_000_000
    row = {
        "player_id": "91",
        "player": {"first_name": "Tove", "last_name": "Sandqvist", "position": "QB"},
        "stats": {"adp_ppr": 50.5, "adp_std": 999.0},
        "last_modified": day,
    }
    (tmp_path / "2019").write_text(json.dumps([row]))
    run_ingest("rankings", {"provider": "sleeper", "url": tmp_path.as_uri(), "season": 2019})
    found = stored(
        "SELECT provider, measure, player_id, average, ranked_on::varchar "
        "FROM raw_rankings.listings"
    )
    assert sorted(found) == [
        ("ffc", "adp", "00-0000001", 3.4, "2019-09-01"),
        ("sleeper", "adp", "00-0000003", 50.5, "2019-08-28"),
    ]


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (
            "date,player,pos,ecr\n2019-09-06,Orrin Vance,WR,1\n",
            {},
            "after the kickoff of 2019-09-05",
        ),
        ("player,pos,ecr\nOrrin Vance,WR,1\n", {}, "neither a date nor a season"),
        (
            "season,player,pos,ecr,scoring\n2019,Orrin Vance,WR,1,standard\n",
            {"scoring": "ppr"},
            "scoring standard, and ppr was asked for",
        ),
        ("season,player,pos,ecr\n2019,Orrin Vance,WR,1\n", {"page": "RB"}, "WR on a page of RB"),
        ("season,player,pos,ecr\n2019,Orrin Vance,WR,first\n", {}, "ecr 'first' cannot be read"),
        ("season,player,pos,value\n2019,Orrin Vance,WR,1\n", {}, "lacks a column"),
        ("season,player,pos,ecr\n2019,Nobody Known,WR,1\n", {}, "is a known player's"),
        ("<!doctype html><html>", {}, "is a web page"),
    ],
)
def test_a_list_that_is_none_is_refused_and_the_old_ranks_stay(
    own: Load, stored: Query, text: str, options: dict[str, object], words: str
) -> None:
    own("season,pos,player,ecr\n2018,QB,Tove Sandqvist,3\n")
    with pytest.raises(FFError, match=words) as error:
        own(text, name="bad.csv", **options)
    assert isinstance(error.value, SourceError)
    assert ranks(stored) == [(2018, 0, "ALL", "00-0000003", 3.0)]


def test_some_rows_of_another_group_are_set_aside(own: Load, stored: Query) -> None:
    summary = own(
        "season,page,pos,player,ecr\n2019,WR,WR,Orrin Vance,1\n2019,WR,RB,José Brindle,2\n"
        "2019,QB,QB,Tove Sandqvist,1\n"
    )
    assert [row[3] for row in ranks(stored)] == ["00-0000003", "00-0000001"]
    assert summary.parts[0].rejected_because == {"RB on a page of WR": 1}


def test_two_players_of_one_name_need_a_club_or_an_id(own: Load, stored: Query) -> None:
    own(
        "season,pos,player,team,ecr\n2019,WR,Sam Twin,NE,1\n2019,WR,Sam Twin,,2\n"
        "2019,QB,Tove Sandqvist,,3\n"
    )
    found = stored("SELECT average, player_id, reason FROM raw_rankings.listings ORDER BY 1")
    assert found[:2] == [(1.0, "00-0000005", None), (2.0, None, "2 players of that name")]


def test_equal_ranks_and_a_player_listed_twice_are_said(own: Load, stored: Query) -> None:
    summary = own(
        "season,pos,player,team,rank\n2019,WR,Orrin Vance,LV,1\n2019,WR,O. Vance,LV,5\n"
        "2019,WR,Sam Twin,GB,1\n"
    )
    assert "rank 1 of Orrin Vance and Sam Twin: they count as equal" in " ".join(summary.warnings)
    assert stored("SELECT reason FROM raw_rankings.listings WHERE average = 5") == [
        ("second listing of 00-0000001",)
    ]


def test_a_list_without_a_date_is_taken_on_the_users_word(own: Load) -> None:
    summary = own("season,pos,player,ecr\n2019,QB,Tove Sandqvist,3\n")
    assert "from before the kickoff cannot be checked" in summary.warnings[0]
    assert (
        run_ingest("rankings", {"provider": "own", "url": summary.parts[0].url}).totals["new"] == 0
    )


@pytest.mark.real_data
def test_nearly_every_ranked_player_of_eight_seasons_is_found(
    real_data_dir: Path, lake_settings: Settings, tmp_path: Path, stored: Query
) -> None:
    with serve(real_data_dir / "nflverse") as server:
        run_ingest("nflverse", {"seasons": [2019], "base_url": server.url})
    file = tmp_path / "ecr.parquet"
    file.write_bytes((real_data_dir / "rankings/ecr_preseason_2012_2019.parquet").read_bytes())
    run_ingest("rankings", {"provider": "own", "url": file.as_uri()})
    found = stored(
        "SELECT position, count(*), count(player_id) / count(*) FROM raw_rankings.listings "
        "WHERE position IN ('QB', 'RB', 'WR', 'TE', 'DST') GROUP BY position"
    )
    counts = {position: count for position, count, _ in found}
    assert counts == {"QB": 634, "RB": 1213, "WR": 1506, "TE": 790, "DST": 256}
    assert min(float(str(share)) for *_, share in found) > 0.98
