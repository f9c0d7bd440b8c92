"""One way to bring a year of insights from the fake server into a table; prints seconds and counts.

`python -m benchmarks.marketing.marketing_way read|ours|dlt BASE SINCE UNTIL`. `read` only
requests the pages: the cost of the fake server itself.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from benchmarks.marketing.meta_server import ACCOUNT, TOKEN

FIELDS = (
    "account_id,impressions,clicks,reach,spend,actions,action_values,campaign_id,campaign_name,"
    "adset_id,adset_name,ad_id,ad_name"
)


def pages(base: str, since: str, until: str) -> Iterator[list[dict[str, Any]]]:
    """A report job read page by page with nothing around it."""
    question = {"level": "ad", "time_increment": "1", "fields": FIELDS}
    question["time_range"] = json.dumps({"since": since, "until": until})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(headers=headers, timeout=120, trust_env=False) as client:
        started = client.post(f"{base}/v26.0/act_{ACCOUNT}/insights", params=question)
        job = started.json()["report_run_id"]
        url: str | None = f"{base}/v26.0/{job}/insights?limit=1000"
        while url:
            body = client.get(url).json()
            yield body["data"]
            url = body["paging"].get("next")


def read(base: str, since: str, until: str) -> dict[str, Any]:
    started = perf_counter()
    rows = sum(len(page) for page in pages(base, since, until))
    return {"seconds": perf_counter() - started, "rows": rows}


def ours(base: str, since: str, until: str) -> dict[str, Any]:
    from ff_analytics.engine.ingest import run_ingest

    started = perf_counter()
    summary = run_ingest("meta-ads", {"since": since, "until": until, "level": "ad"})
    return {"seconds": perf_counter() - started, **summary.totals}


def dlt(base: str, since: str, until: str) -> dict[str, Any]:
    import dlt as library
    import duckdb

    # Beside our lake: dlt keeps its state there too, so that a second run merges.
    folder = Path(os.environ["FF_DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    keys = ["date_start", "account_id", "campaign_id", "adset_id", "ad_id"]
    started = perf_counter()
    pipeline = library.pipeline(
        "meta",
        pipelines_dir=str(folder / "pipelines"),
        destination=library.destinations.duckdb(str(folder / "dlt.duckdb")),
        dataset_name="raw",
    )
    resource = library.resource(
        pages(base, since, until), name="insights", primary_key=keys, write_disposition="merge"
    )
    pipeline.run(resource)
    seconds = perf_counter() - started
    with duckdb.connect(str(folder / "dlt.duckdb")) as con:
        (rows,) = con.execute("SELECT count(*) FROM raw.insights").fetchone() or (0,)
    told = pipeline.last_trace.last_normalize_info.row_counts["insights"]
    return {"seconds": seconds, "rows": rows, "reported": told}


if __name__ == "__main__":
    way, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps({"read": read, "ours": ours, "dlt": dlt}[way](*arguments)) + "\n")
