"""`ff backfill` of a product: one run on the past per day or snapshot."""

import pytest

from ff_analytics.cli.main import main as ff
from tests.fakes.small_league import League


def test_a_run_per_snapshot_beside_the_latest_output(
    league: League, capsys: pytest.CaptureFixture[str]
) -> None:
    snapshot = league.run("template").snapshot
    before = league.latest.read_bytes()
    words = ["template", "--as-of", str(snapshot)]
    assert ff(["backfill", *words]) == 0
    assert "rows added (no such file yet)" in capsys.readouterr().out
    past = league.data / "analytics" / "template" / "dynasty_half_ppr" / "as_of"
    assert not past.exists()
    assert ff(["backfill", *words, "--apply"]) == 0
    assert len(list(past.glob("*.parquet"))) == 1
    assert ff(["backfill", *words]) == 0
    assert "0 rows added, 0 dropped, 0 changed" in capsys.readouterr().out
    assert league.latest.read_bytes() == before
