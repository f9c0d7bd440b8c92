"""A year of advertisements from a provider into the lake, again unchanged, again restated."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import yaml

from benchmarks import child
from benchmarks.marketing.meta_server import ACCOUNT, LAST, TOKEN
from benchmarks.model import Aim, Options, Result, Table, at_most
from ff_analytics.engine.base.settings import PROJECT_ROOT

ADS, DAYS = 1_000, 365
SECONDS, PEAK_MB, AGAIN_SECONDS, OVERHEAD = 20.0, 500.0, 3.0, 2.0


@contextmanager
def _server(ads: int, days: int) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.marketing.meta_server", str(ads), str(days)],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def _environment(folder: Path, base: str) -> dict[str, str]:
    tenants = folder / "tenants"
    tenants.mkdir(parents=True)
    tenant = {"name": "bench", "meta_ads": [{"id": ACCOUNT, "credentials": "bench-meta"}]}
    (tenants / "bench.yaml").write_text(yaml.safe_dump(tenant))
    return {
        "FF_DATA_DIR": str(folder / "data"),
        "FF_LAKE_CATALOG": "",
        "FF_TENANTS_DIR": str(tenants),
        "FF_HTTP_TIMEOUT": "120",
        "BENCH_META_ACCESS_TOKEN": TOKEN,
        "BENCH_META_BASE_URL": f"{base}/v26.0",
        "RUNTIME__DLTHUB_TELEMETRY": "false",
    }


def _ways(base: str, folder: Path, days: int) -> dict[str, child.Done]:
    env = _environment(folder, base)
    year = (base, str(LAST - timedelta(days=days - 1)), str(LAST))
    month = (base, str(LAST - timedelta(days=27)), str(LAST))

    def run(way: str, window: tuple[str, str, str]) -> child.Done:
        return child.run("marketing.marketing_way", way, *window, env=env)

    done = {"read only": run("read", year), "ours": run("ours", year)}
    with_dlt = find_spec("dlt") is not None
    if with_dlt:
        done["dlt"] = run("dlt", year)
    done["ours, unchanged month"] = run("ours", month)
    httpx.get(f"{base}/restate/1", timeout=60, trust_env=False).raise_for_status()
    done["ours, 1 % restated"] = run("ours", month)
    if with_dlt:
        done["dlt, 1 % restated"] = run("dlt", month)
    return done


def _described(value: dict[str, Any]) -> str:
    if "new" in value:
        return (
            f"{value['new']:,} new, {value['updated']:,} updated, {value['unchanged']:,} unchanged"
        )
    if "reported" in value:
        return f"{value['reported']:,} loaded; {value['rows']:,} rows in the table"
    return f"{value['rows']:,} rows"


def _aims(done: dict[str, child.Done]) -> list[Aim]:
    seconds = {way: d.value["seconds"] for way, d in done.items()}
    aims = [
        at_most("whole first load", seconds["ours"], SECONDS, "s"),
        at_most("peak memory", done["ours"].peak_mb, PEAK_MB, "MB"),
        at_most("against reading alone", seconds["ours"] / seconds["read only"], OVERHEAD, "x"),
        at_most("a day with 1 % restated", seconds["ours, 1 % restated"], AGAIN_SECONDS, "s"),
    ]
    if "dlt" in seconds:
        aims.append(at_most("against dlt", seconds["ours"] / seconds["dlt"], 1.0, "x"))
    return aims


def run(options: Options) -> Result:
    """Each way in its own process against the same fake server, which has another one."""
    ads, days = (100, 120) if options.quick else (ADS, DAYS)
    with _server(ads, days) as base:
        done = _ways(base, options.folder, days)
    notes = [
        "Read only requests the pages of the same report and discards them: the fake server's own "
        "time. Libraries that a way needs are imported inside its clock, except httpx.",
        "An unchanged month adds a run record and nothing else.",
    ]
    if find_spec("dlt") is None:
        notes.append("dlt is not installed here (pip install 'ff-analytics[bench]'): left out.")
    return Result(
        name="marketing",
        title="A provider's advertisements into the lake",
        tables=[
            Table(
                title=f"{ads:,} advertisements x {days} days, {os.cpu_count()} cores",
                columns=("", "seconds", "peak memory, MB", "output"),
                rows=[
                    (way, d.value["seconds"], round(d.peak_mb), _described(d.value))
                    for way, d in done.items()
                ],
            )
        ],
        aims=_aims(done),
        notes=notes,
    )
