"""A reader that never rests, and what must hold of a league's outputs at any instant."""

import threading
import time
from io import BytesIO
from types import TracebackType

import polars as pl
from polars.testing import assert_frame_equal

from ff_analytics.engine import lake
from tests.fakes.small_league import BEFORE, WANTED, League


class Reader:
    """Reads the published file over and over while a block runs, as a dashboard would.

    Every time it must be whole: the rows of the run before or those of the run after, or of any
    run when `any_rows`. `reads` counts the looks, `problems` says what was wrong.
    """

    def __init__(self, league: League, *, any_rows: bool = False) -> None:
        self._any_rows = any_rows
        self.reads = 0
        self.problems: list[str] = []
        self._latest = league.latest
        self._known = [league.expected("before"), league.expected("wanted")]
        self._whole = b""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except (OSError, pl.exceptions.PolarsError) as error:
                self.problems.append(f"{type(error).__name__}: {error}")
            self.reads += 1
            time.sleep(0.005)

    def _look(self) -> None:
        # One read of the bytes: two would be of two files when a run publishes in between.
        content = self._latest.read_bytes()
        if content != self._whole:
            self._judge(content)
        others = [f.name for f in self._latest.parent.glob("**/*.parquet") if f != self._latest]
        self.problems += [f"{name} lies beside it" for name in others]

    def _judge(self, content: bytes) -> None:
        info = pl.read_parquet_metadata(BytesIO(content))
        rows = pl.read_parquet(BytesIO(content)).drop("input_snapshot_id")
        if not self._any_rows and not any(rows.equals(known) for known in self._known):
            self.problems.append(f"{rows.height} rows of neither run")
        if info["ff.rows"] != str(rows.height):
            self.problems.append(f"{info['ff.rows']} rows noted, {rows.height} there")
        self._whole = content

    def check(self) -> None:
        """Nothing was ever wrong, and it did look."""
        assert self.reads > 0
        assert self.problems == [], self.problems[:3]


def check_whole(league: League) -> None:
    """What must hold after any death: outputs whole, old or new; nothing locked."""
    before, wanted = league.expected("before"), league.expected("wanted")
    published = league.published()
    if not published.equals(before):
        assert_frame_equal(published, wanted, check_exact=True)
    assert_frame_equal(league.mart(BEFORE["snapshot_date"]), before, check_exact=True)
    today = league.mart(WANTED["snapshot_date"])
    if not today.is_empty():
        assert_frame_equal(today, wanted, check_exact=True)
    with lake.exclusive("probe", timeout=1.0, settings=league.settings):
        pass


def check_settled(league: League) -> None:
    """What an undisturbed run `WANTED` leaves: its rows published, in the mart once, and more."""
    before, wanted = league.expected("before"), league.expected("wanted")
    assert_frame_equal(league.published(), wanted, check_exact=True)
    assert_frame_equal(league.mart(), pl.concat([before, wanted]), check_exact=True)
    weeks = lake.read(
        "SELECT count(*), count(DISTINCT (league, player_id, season, week)) "
        "FROM marts.mrt_fantasy_actuals_weekly",
        settings=league.settings,
    ).row(0)
    assert weeks[0] == weeks[1] > 0, f"{weeks[0]} rows of {weeks[1]} player-weeks"
    check_whole(league)
