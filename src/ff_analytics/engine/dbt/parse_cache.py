"""dbt's parse of this project, kept in the Python environment for every data folder.

A first run in a new data folder starts from it and parses only files that have changed since (dbt
compares them itself), instead of all models and macros.
"""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from ff_analytics.engine.base.atomic import replacing
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings

FILE = Path(sys.prefix) / "dbt_parse" / "partial_parse.msgpack"


def _own(settings: Settings) -> Path:
    return settings.data / "dbt" / "target" / "partial_parse.msgpack"


def start_from(settings: Settings) -> dict[str, str]:
    """Variables that make dbt read the kept parse, for a data folder without one of its own."""
    if _own(settings).exists() or not FILE.exists():
        return {}
    return {"DBT_PARTIAL_PARSE_FILE_PATH": str(FILE)}


def keep(settings: Settings) -> None:
    """Keep the data folder's parse if it is newer than the kept one. An error keeps the old one."""
    own = _own(settings)
    # Projects elsewhere use this environment too (tests); theirs would replace this one.
    if settings.home != PROJECT_ROOT or not own.exists():
        return
    if FILE.exists() and FILE.stat().st_mtime >= own.stat().st_mtime:
        return
    with suppress(OSError), replacing(FILE) as temporary:
        shutil.copyfile(own, temporary)
