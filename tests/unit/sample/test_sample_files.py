"""The files: same bytes for the same seed, the provider's layout, no harm to other data."""

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from ff_analytics.domains.fantasy.sources.sample.generator import write_league
from ff_analytics.engine.base.errors import ConfigError

from .conftest import League


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_seed_gives_the_same_bytes(league: League, tmp_path: Path) -> None:
    write_league(tmp_path)
    assert digests(tmp_path) == digests(league.folder)


def test_another_seed_gives_another_league(league: League, tmp_path: Path) -> None:
    write_league(tmp_path, seed=7, seasons=[2024, 2025])
    names = pl.read_parquet(tmp_path / "nflverse/players/players.parquet")["display_name"]
    assert names.head(50).to_list() != league.players["display_name"].head(50).to_list()


def test_summary_says_what_lies_in_the_folder(league: League) -> None:
    summary = league.summary
    assert summary.seasons == tuple(range(2020, 2026))
    assert all(path.is_file() for path in summary.files)
    assert summary.player_weeks == league.weeks.height
    assert summary.players == league.weeks["player_id"].n_unique()
    assert summary.contracts == league.contracts.height
    assert sum(path.stat().st_size for path in summary.files) < 6_000_000


def test_fewer_seasons_replace_more(tmp_path: Path) -> None:
    write_league(tmp_path, seasons=[2023, 2024, 2025])
    write_league(tmp_path, seasons=[2024, 2025])
    files = sorted(path.name for path in (tmp_path / "nflverse/stats_player").iterdir())
    assert files == ["stats_player_week_2024.parquet", "stats_player_week_2025.parquet"]


@pytest.mark.parametrize("seasons", [[], [2020, 2022], [2021, 2020]])
def test_seasons_must_be_consecutive(tmp_path: Path, seasons: list[int]) -> None:
    with pytest.raises(ConfigError, match="consecutive"):
        write_league(tmp_path, seasons=seasons)


def test_other_data_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "nflverse/players/players.parquet"
    path.parent.mkdir(parents=True)
    pl.DataFrame({"gsis_id": ["00-0000001"]}).write_parquet(path)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="another folder"):
        write_league(tmp_path)
    assert path.read_bytes() == before


def test_layout_has_the_widths_of_the_provider(league: League) -> None:
    assert (league.delivered.width, league.players.width) == (113, 38)
    assert league.delivered.schema["def_sacks"] == pl.Float64
    assert league.delivered.schema["passing_yards"] == pl.Int32
    assert league.players.schema["birth_date"] == pl.String


@pytest.mark.real_data
def test_layout_equals_the_real_files(league: League, real_data_dir: Path) -> None:
    real = real_data_dir / "nflverse"
    weeks = pl.read_parquet_schema(real / "stats_player/stats_player_week_2019.parquet")
    for path in (league.folder / "nflverse/stats_player").iterdir():
        assert list(pl.read_parquet_schema(path).items()) == list(weeks.items())
    players = pl.read_parquet_schema(real / "players/players.parquet")
    assert list(league.players.schema.items()) == list(players.items())


def test_real_faults_are_planted(league: League) -> None:
    nameless = league.delivered.filter(pl.col("player_id").is_null())
    assert nameless.group_by("season").len()["len"].to_list() == [22] * 6
    assert nameless["position"].null_count() == nameless.height
    named = league.delivered.filter(pl.col("player_id").is_not_null())
    key = ["player_id", "season", "week"]
    twice = named.filter(named.select(key).is_duplicated())
    assert dict(twice.group_by("season").len().iter_rows()) == {2020: 4, 2021: 4}
