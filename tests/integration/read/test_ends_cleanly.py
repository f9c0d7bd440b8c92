"""A command that has read the lake ends without a native abort."""

import subprocess
import sys

from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings

CODE = (
    "from ff_analytics.engine.read.query.locked import locked\n"
    "from ff_analytics.engine.read.query.limits import Limits\n"
    "from ff_analytics.engine.base.settings import get_settings\n"
    "from ff_analytics.engine import lake\n"
    "with locked(get_settings(), lake.current_snapshot(), Limits()) as con:\n"
    "    con.execute('SELECT 1').fetchall()\n"
    "import threading\n"
    "print([t.name for t in threading.enumerate() if t is not threading.main_thread()])\n"
)


def test_no_thread_is_left_when_a_query_has_ended(lake_settings: Settings) -> None:
    who = lake.Provenance(author="test", message="one table")
    lake.commit(who, lambda con: con.execute("CREATE TABLE main.t AS SELECT 1 AS a"))
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
