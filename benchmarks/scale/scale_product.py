"""The stages of `valuation` one by one, with seconds and peak memory, in one process.

`python -m benchmarks.scale.scale_product`, on the lake in FF_DATA_DIR. Libraries are imported
before the clock starts, as in the hand-written script: at these sizes the work counts.
"""

import json
from time import perf_counter

import dbt.cli.main  # noqa: F401

from benchmarks.scale import peak
from benchmarks.scale.scale_lake import LEAGUE
from ff_analytics.domains.fantasy.products.valuation import compute as _formulas  # noqa: F401
from ff_analytics.domains.fantasy.products.valuation import contract as _contract  # noqa: F401
from ff_analytics.engine.products.run import start
from ff_analytics.engine.products.stages.build_dbt_marts import build_dbt_marts
from ff_analytics.engine.products.stages.compute import compute
from ff_analytics.engine.products.stages.ingest_check import ingest_check
from ff_analytics.engine.products.stages.load_mart import load_mart
from ff_analytics.engine.products.stages.write_parquet import write_parquet


def main() -> None:
    """Print {stage: [seconds, MB]} and the output file."""
    run = start("valuation", {"league": LEAGUE})
    measured: dict[str, tuple[float, float]] = {}

    def staged(name: str, *work: object) -> object:
        peak.reset()
        started = perf_counter()
        function, *arguments = work
        result = function(*arguments)  # type: ignore[operator]
        measured[name] = (perf_counter() - started, peak.megabytes())
        return result

    staged("ingest-check", ingest_check, run)
    loaded = staged("load-mart", load_mart, run)
    assert not loaded.rebuilt  # type: ignore[attr-defined]
    frame = staged("compute", compute, run, loaded)
    staged("write-parquet", write_parquet, run, frame)
    staged("build-dbt-marts", build_dbt_marts, run)
    run.close()
    print(json.dumps({"stages": measured, "output": run.output}))


if __name__ == "__main__":
    main()
