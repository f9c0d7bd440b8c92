"""`ff dbt`: dbt's command line on the lake, inside the writer lock."""

import sys
from collections.abc import Sequence

from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.dbt.session import session
from ff_analytics.engine.lake import Provenance


def main(arguments: Sequence[str]) -> int:
    """Run dbt with these arguments and return its exit code."""
    settings = get_settings()
    provenance = Provenance(author="ff dbt", message="dbt " + " ".join(arguments))
    try:
        with session(settings, provenance):
            from dbt.cli.main import dbtRunner

            outcome = dbtRunner().invoke(list(arguments))
    except FFError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if outcome.exception is not None:
        sys.stderr.write(f"{outcome.exception}\n")
        return 2
    return 0 if outcome.success else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
