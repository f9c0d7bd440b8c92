"""The fake Meta server with one large account, in its own process.

`python -m benchmarks.marketing.meta_server ADS DAYS` prints its base URL and serves until
its input closes. `GET /restate/<percent>` changes the spend of that share of the rows.
"""

import random
import sys
from datetime import date, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.meta import AdAccount, Meta, routes_of
from ff_analytics.demo.providers.serving import serve

LAST = date(2026, 10, 31)
TOKEN, ACCOUNT = "benchmark", "1001"


def account(ads: int, days: int) -> AdAccount:
    """`ads` advertisements, five in a set, twenty in a campaign, each delivering every day."""
    made = AdAccount(ACCOUNT, TOKEN)
    rng = random.Random(7)
    for offset in range(days):
        day = LAST - timedelta(days=offset)
        for ad in range(ads):
            spend = f"{rng.randrange(100, 9999) / 100:.2f}"
            ids = {"ad_id": f"{ad}", "adset_id": f"{ad // 5}", "ad_name": f"Ad {ad}"}
            made.deliver(day, ad // 20, spend, adset_name=f"Set {ad // 5}", **ids)
    return made


def main() -> None:
    ads, days = int(sys.argv[1]), int(sys.argv[2])
    meta = Meta(settled={}, page_limit=1_000)
    made = meta.add(account(ads, days))

    async def restate(request: Request) -> Response:
        recent = [r for r in made.rows if r["date_start"] > str(LAST - timedelta(days=28))]
        share = int(request.path_params["percent"]) / 100
        for row in random.Random(1).sample(recent, int(len(recent) * share)):
            row["spend"] = f"{float(row['spend']) + 1:.2f}"
        meta.settled = {}
        return JSONResponse({"restated": int(len(recent) * share)})

    routes = [Route("/restate/{percent}", restate), *routes_of(meta)]
    with serve(Starlette(routes=routes), meta.faults) as base:
        sys.stdout.write(f"{base}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
