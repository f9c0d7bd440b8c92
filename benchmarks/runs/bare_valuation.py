"""The same work as one script, no platform: read the lake, compute, write Parquet, dbt build.

`python -m benchmarks.runs.bare_valuation`, on the lake in FF_DATA_DIR, whose marts are up to date.
It borrows the formulas and the dbt project; there is no orchestrator, check, lock, contract,
atomic publish, artifact or report. Prints seconds by part, from the interpreter's first line.
"""

import json
from time import perf_counter

CLOCK = [("start", perf_counter())]

import os  # noqa: E402
from datetime import date  # noqa: E402
from pathlib import Path  # noqa: E402

import duckdb  # noqa: E402
from dbt.cli.main import dbtRunner  # noqa: E402

from ff_analytics.domains.fantasy.products.valuation.product import PRODUCT, ValuationParams  # noqa: E402
from ff_analytics.engine.base.settings import get_settings  # noqa: E402
from ff_analytics.engine.dbt import session  # noqa: E402
from ff_analytics.engine.lake.attach.extensions import extension_directory  # noqa: E402
from ff_analytics.engine.products.product import RunContext  # noqa: E402


def lap(name: str) -> None:
    CLOCK.append((name, perf_counter()))


def main() -> None:
    lap("imports")
    settings = get_settings()
    env = session.environment(settings)
    params = ValuationParams(league="dynasty_half_ppr")
    con = duckdb.connect(config={"extension_directory": str(extension_directory())})
    con.execute("LOAD ducklake; LOAD sqlite_scanner")
    options = f"DATA_PATH '{settings.files}', READ_ONLY, META_JOURNAL_MODE 'WAL'"
    con.execute(f"ATTACH 'ducklake:{settings.catalog}' AS lake ({options}); USE lake")
    frames = {}
    for source in PRODUCT.inputs_for(params):
        where, values = source.where(params) if source.where else ("TRUE", [])
        query = f"SELECT {', '.join(source.columns)} FROM {source.mart} WHERE {where}"
        frames[source.mart] = con.execute(query, values).pl()
    snapshot = con.execute("SELECT id FROM ducklake_current_snapshot('lake')").fetchall()[0][0]
    con.close()
    lap("read")
    frame = PRODUCT.compute(frames, params, RunContext(snapshot, date.today(), "bare"))  # noqa: DTZ011
    lap("compute")
    target = Path(settings.analytics) / PRODUCT.output / "latest.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(target)
    lap("write")
    os.environ.update(env)
    session.current = settings
    # The platform's own flags for speed, so that the difference is not in them.
    words = ["build", "--select", PRODUCT.dbt_models, "--log-level", "none", "--no-print"]
    built = dbtRunner().invoke([*words, "--cache-selected-only", "--no-write-json"])
    assert built.success, built.exception
    lap("dbt build")
    before = [moment for _, moment in CLOCK]
    print(
        json.dumps(
            {name: after - start for (name, after), start in zip(CLOCK[1:], before, strict=False)}
        )
    )


if __name__ == "__main__":
    main()
