"""`ff platform apply` through a proxy that answers 500 as a busy server does."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from prefect.client.orchestration import get_client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.platform.state import automations
from tests.integration.alerts.conftest import Alerting
from tests.waiting import LIMIT

pytestmark = pytest.mark.timeout(LIMIT)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@contextmanager
def busy(upstream: str) -> Iterator[tuple[str, Faults]]:
    """A proxy before the API; its faults are those of a busy server."""
    faults = Faults()

    async def forward(request: Request) -> Response:
        async with httpx.AsyncClient(trust_env=False, timeout=120) as client:
            answer = await client.request(
                request.method,
                f"{upstream}/{request.path_params['path']}",
                params=request.query_params,
                headers={k: v for k, v in request.headers.items() if k != "host"},
                content=await request.body(),
            )
        kept = {"content-type": answer.headers.get("content-type", "application/json")}
        return Response(answer.content, answer.status_code, kept)

    app = Starlette(routes=[Route("/api/{path:path}", forward, methods=METHODS)])
    with serve(app, faults) as base:
        yield f"{base}/api", faults


async def lose_an_automation() -> None:
    async with get_client() as client:
        await client.delete_automation((await automations.ours(client))["ff-watch"].id)


async def held() -> set[str]:
    async with get_client() as client:
        return set(await automations.ours(client))


def apply(alerting: Alerting, times: int) -> tuple[Any, Faults]:
    """Apply with `ff-watch` missing, while so many requests about automations fail."""
    alerting.ask(lose_an_automation())
    with busy(alerting.env["PREFECT_API_URL"]) as (url, faults):
        faults.status("/automations/", 500, {"exception_message": "busy"}, skip=2, times=times)
        return alerting.script("platform", "apply", PREFECT_API_URL=url), faults


def test_a_step_that_the_server_fails_is_repeated(alerting: Alerting) -> None:
    done, _ = apply(alerting, times=2)
    assert done.returncode == 0, done.stderr
    assert "ff-watch" in alerting.ask(held())


def test_what_stays_out_of_step_is_named_and_the_exit_code_is_1(alerting: Alerting) -> None:
    done, _ = apply(alerting, times=1000)
    assert done.returncode == 1
    assert "not in step: alerts: the server answered 500" in done.stderr
    assert "Traceback" not in done.stderr
    assert alerting.script("platform", "apply").returncode == 0
    assert "ff-watch" in alerting.ask(held())
