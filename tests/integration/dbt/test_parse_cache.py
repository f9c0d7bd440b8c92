"""A first run in a new data folder starts from the parse of another one."""

from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.dbt import parse_cache
from ff_analytics.engine.dbt.session import session
from ff_analytics.engine.lake import Provenance


def parsed_files(settings: Settings) -> int:
    """Run `dbt parse`; the number of files that dbt parsed."""
    from dbt.cli.main import dbtRunner

    counts: list[int] = []

    def listen(event: object) -> None:
        if event.info.name == "PartialParsingEnabled":  # type: ignore[attr-defined]  # protobuf
            counts.append(event.data.added + event.data.changed)  # type: ignore[attr-defined]

    with session(settings, Provenance(author="test", message="parse")):
        outcome = dbtRunner(callbacks=[listen]).invoke(["parse", "--log-level", "none"])
    assert outcome.success, outcome.exception
    return counts[0] if counts else -1


def test_a_second_data_folder_parses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parse_cache, "FILE", tmp_path / "environment" / "parse.msgpack")
    assert parsed_files(Settings(data_dir=tmp_path / "one")) == -1, "nothing to start from"
    assert parsed_files(Settings(data_dir=tmp_path / "it's {another}")) == 0


def test_an_environment_that_is_read_only_or_a_torn_file_cost_a_parse_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = tmp_path / "parse.msgpack"
    torn.write_bytes(b"half")
    monkeypatch.setattr(parse_cache, "FILE", torn)
    assert parsed_files(Settings(data_dir=tmp_path / "one")) == -1
    monkeypatch.setattr(parse_cache, "FILE", Path("/proc/parse.msgpack"))
    assert parsed_files(Settings(data_dir=tmp_path / "two")) == -1
