"""Start a deployment, only with `--allow-run` and only once the user has agreed.

A client that can ask its user is made to. For others the first call returns what would happen and
a confirmation id, and the second call, with that id and the same arguments, does it.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Protocol

import anyio.to_thread
from mcp.server.elicitation import AcceptedElicitation, ElicitationResult
from mcp.server.mcpserver import Context, Elicit, Resolve
from pydantic import BaseModel, Field

from ff_analytics.app.mcp.answer import Access, Answer
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import refuse_values

SECONDS = 300
# What a user is asked about is shown whole.
_READABLE = 1_500
_WHAT = "ff mcp: parameters"


class Starter(Protocol):
    """The server of the runs, as far as starting needs it."""

    def deployments(self) -> list[str]:
        """Full names, `flow/deployment`."""

    def deployment(self, name: str) -> Mapping[str, Any]:
        """As the server describes it; `ConfigError` with the names there are for an unknown one."""

    def start(self, name: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        """Make a run; the run as the server describes it."""


class Agreed(BaseModel):
    """What the user is asked."""

    start: bool = Field(title="Start the run", description="Start this run now?")


class Confirmations:
    """Ids that each confirm one call, once, within five minutes, in this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._used: set[str] = set()

    def _sign(self, call: str, until: int, nonce: str) -> str:
        text = f"{until}.{nonce}"
        mark = hmac.new(self._key, f"{text}\0{call}".encode(), hashlib.sha256).hexdigest()[:32]
        return f"{text}.{mark}"

    def make(self, call: str) -> str:
        """An id for this call."""
        return self._sign(call, int(time.time()) + SECONDS, secrets.token_urlsafe(9))

    def take(self, call: str, given: str) -> None:
        """Use the id up; `ConfigError` where it is not of this call, late or used."""
        until, _, rest = given.partition(".")
        nonce = rest.partition(".")[0]
        signed = until.isascii() and until.isdigit() and len(until) < 15
        ours = signed and hmac.compare_digest(
            self._sign(call, int(until), nonce).encode(), given.encode()
        )
        again = "Call run_deployment without a confirmation to get a new one."
        if not ours:
            raise ConfigError(f"The confirmation is not of this deployment and parameters. {again}")
        if int(until) < time.time():
            raise ConfigError(f"The confirmation is older than {SECONDS // 60} minutes. {again}")
        if given in self._used:
            raise ConfigError(f"The confirmation was used already. {again}")
        self._used.add(given)


def _asks(ctx: Context[Any, Any]) -> bool:
    """True where the client can ask its user with a form."""
    known = ctx.client_capabilities.elicitation if ctx.client_capabilities else None
    return known is not None and (known.form is not None or known.url is None)


def _plan(starter: Starter, name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a run would be; `ConfigError` for one that the server would refuse."""
    refuse_values(parameters, _WHAT)
    if len(_call(name, parameters)) > _READABLE:
        raise ConfigError(
            f"The parameters have more than {_READABLE:,} characters, too many to be confirmed. "
            "Start this run with `ff trigger`."
        )
    found = starter.deployment(name)
    schema = (found.get("parameter_openapi_schema") or {}).get("properties") or {}
    if schema and (strange := [given for given in parameters if given not in schema]):
        raise ConfigError(f"{name} has no parameter {strange[0]!r}; it takes {', '.join(schema)}.")
    return {
        "deployment": name,
        "about": found.get("description") or "",
        "parameters": dict(found.get("parameters") or {}) | dict(parameters),
        "work_pool": found.get("work_pool_name"),
        "paused": bool(found.get("paused")),
    }


def _call(name: str, parameters: Mapping[str, Any]) -> str:
    return json.dumps([name, dict(parameters)], sort_keys=True, default=str)


Given = Annotated[dict[str, Any], Field(description="Parameters that differ from the default.")]


def tools(
    access: Access, starter: Starter
) -> list[tuple[Callable[..., Awaitable[Answer] | Answer], bool]]:
    """The tools, and whether each starts something."""
    confirmations = Confirmations()

    def list_deployments() -> Answer:
        """Deployments that run_deployment can start."""
        return access.of_server(starter.deployments())

    async def ask(
        deployment: str, parameters: dict[str, Any], ctx: Context[Any, Any]
    ) -> Agreed | Elicit[Agreed]:
        if not _asks(ctx):
            return Agreed(start=False)
        try:
            plan = await anyio.to_thread.run_sync(_plan, starter, deployment, parameters)
        except Exception as error:
            raise access.error(error) from None
        shown = json.dumps(access.cleaner.value(plan["parameters"]), sort_keys=True)
        return Elicit(f"Start a run of {deployment} with parameters {shown}?", Agreed)

    async def run_deployment(
        deployment: Annotated[str, Field(description="flow/deployment, from list_deployments.")],
        answer: Annotated[ElicitationResult[Agreed], Resolve(ask)],
        ctx: Context[Any, Any],
        parameters: Given = {},  # noqa: B006
        confirmation: Annotated[
            str, Field(description="Id of the first call, once the user has agreed.")
        ] = "",
    ) -> Answer:
        """Start a run on the server. The first call starts nothing: it returns what would happen.

        Show that to the user. Call again with the confirmation id only after the user agreed. A
        client with elicitation asks the user itself, in one call.
        """
        if _asks(ctx):
            if not isinstance(answer, AcceptedElicitation) or not answer.data.start:
                return access.of_server({"started": False, "why": "The user did not agree."})
        else:
            call = _call(deployment, parameters)
            if not confirmation:
                plan = await anyio.to_thread.run_sync(_plan, starter, deployment, parameters)
                return access.of_server(
                    {
                        "started": False,
                        "would_start": plan,
                        "confirmation": confirmations.make(call),
                        "next": "Ask the user. After a yes, call again with this confirmation "
                        f"and the same arguments, within {SECONDS // 60} minutes.",
                    }
                )
            confirmations.take(call, confirmation)
            refuse_values(parameters, _WHAT)
        run = await anyio.to_thread.run_sync(starter.start, deployment, parameters)
        made = {name: run.get(name) for name in ("id", "name", "parameters")}
        return access.of_server(
            {"started": True, "run": made, "next": "recent_runs shows how it ends."}
        )

    return [(list_deployments, False), (run_deployment, True)]
