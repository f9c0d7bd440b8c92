"""Each guard taken away in turn: the checks of the kill tests must then find what it guards."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import LakeBusy
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from tests.fakes.reader import Reader, check_settled, check_whole
from tests.fakes.small_league import WANTED, League
from tests.waiting import LIMIT, until

pytestmark = pytest.mark.timeout(LIMIT)

# The published file written in place, in two halves, and the process killed between them.
IN_PLACE = """
import io, os, signal, time
from ff_analytics.engine.products.pipeline import run_product
from ff_analytics.engine.products.outputs import File

def publish(self, frame, info):
    content = io.BytesIO()
    frame.write_parquet(content, metadata=info)
    half = content.getvalue()[: len(content.getvalue()) // 2]
    self.path.write_bytes(half)
    time.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)

File.publish = publish
run_product("valuation", {parameters!r})
"""


def test_a_write_in_place_is_seen_by_the_reader(league: League) -> None:
    script = IN_PLACE.replace("{parameters!r}", repr(WANTED))
    with Reader(league) as reader:
        done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, check=False)
        assert done.returncode == -9
        with pytest.raises(Exception, match=r"(?i)parquet|specification|eof"):
            check_whole(league)
    with pytest.raises(AssertionError):
        reader.check()


def test_a_file_beside_the_published_one_is_seen(league: League) -> None:
    with Reader(league) as reader:
        shutil.copy(league.latest, league.latest.with_name("half-done.parquet"))
        seen = lambda: "half-done.parquet lies beside it" in reader.problems  # noqa: E731
        until("the reader sees it", seen, lambda: str(reader.problems))


def take_out(file: Path, first: str, until: str) -> None:
    """Remove the text from `first` up to `until`."""
    text = file.read_text()
    file.write_text(text[: text.index(first)] + text[text.index(until, text.index(first)) :])


def test_a_mart_that_only_appends_is_found_out(
    league: League, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PROJECT_ROOT / "dbt", tmp_path / "dbt")
    shutil.copytree(PROJECT_ROOT / "leagues", tmp_path / "leagues")
    # Two guards: the merge replaces its slice, and a test of the grain undoes what it let pass.
    take_out(tmp_path / "dbt/macros/replace_slice.sql", "    delete from", "    insert into")
    grain = tmp_path / "dbt/tests/generic/unique_combination.sql"
    grain.write_text(grain.read_text().replace("count(*) > 1", "false"))
    monkeypatch.setenv("FF_HOME", str(tmp_path))
    get_settings.cache_clear()
    for _ in range(2):
        league.run(**WANTED)
    with pytest.raises(AssertionError):
        check_settled(league)


def test_a_lock_that_is_still_held_is_found_out(league: League, tmp_path: Path) -> None:
    release = tmp_path / "release"
    alive = league.start(FF_FAULT="dbt.after-build=hang", FF_FAULT_RELEASE=str(release))
    while not release.with_suffix(".reached").exists():
        assert alive.poll() is None
        time.sleep(0.02)
    with pytest.raises(LakeBusy, match=rf"local/valuation \(pid {alive.pid}\)"):
        check_whole(league)
    release.touch()
    alive.communicate()
    assert alive.returncode == 0
