"""`ff trigger`: start a deployment's run on the server, and follow it."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, listed, note, out, print_json
from ff_analytics.cli.options import PLAIN, value_of

if TYPE_CHECKING:
    from ff_analytics.platform.api.rest import Api

app = App(
    name="trigger",
    help_epilogue="""\
With --follow it prints stages, counts and warnings to the end. Exit code: 0 the
run was made or, with --follow, has completed; 1 it failed, crashed or was
cancelled. Ctrl-C stops following, not the run.

Examples:
  ff trigger analytics/valuation
  ff trigger analytics/valuation --follow -p season=2024 -p league=superflex_tep
  ff trigger ingest/nflverse -p seasons=2015:2019 --follow
  ff trigger --list""",
    **PLAIN,
)


def _parameters(given: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"-p {text!r} is no parameter; write -p name=value.")
        found[name.replace("-", "_")] = value_of(value)
    return found


def started(api: "Api", name: str, run: dict[str, Any], follow: bool, as_json: bool) -> int:
    """Say where the new run is and follow it if asked; the exit code of `ff trigger`."""
    if not as_json:
        out(f"{name}: run {run['name']}, {api.ui}/runs/flow-run/{run['id']}")
    if follow:
        return followed(api, name, run, as_json)
    if as_json:
        print_json({key: run[key] for key in ("id", "name", "parameters")})
    return 0


def followed(api: "Api", name: str, run: dict[str, Any], as_json: bool) -> int:
    """Print the stages of the run to its end, and how it ended; Ctrl-C leaves the run alone."""
    from ff_analytics.platform.api.advice import reason_of
    from ff_analytics.platform.api.follow import follow

    show = note if as_json else out
    try:
        state = follow(api, run["id"], lambda line: show(f"  {line}"))
    except KeyboardInterrupt:
        note(f"\nNot followed any more; the run goes on: ff runs {run['id'][:8]} shows it.")
        return 130
    message = state.get("message") or ""
    if as_json:
        ended = {"id": run["id"], "name": run["name"], "state": state["name"], "message": message}
        print_json(ended)
    if state["type"] == "COMPLETED":
        show(f"{name} {state['name'].lower()}" + (message and f": {message}"))
        return 0
    reason = reason_of(state["type"], message)
    note(f"{name} {state['type'].lower()}: {reason.line()}")
    if reason.advice:
        note(f"What to do: {reason.advice}")
    return 1


@app.default
def trigger(
    name: Annotated[str | None, Parameter(help="e.g. analytics/valuation")] = None,
    *,
    param: Annotated[
        list[str] | None,
        Parameter(name=["--param", "-p"], help="NAME=VALUE; JSON where it parses. Repeatable."),
    ] = None,
    follow: Annotated[
        bool, Parameter(name=["--follow", "-f"], help="Print stages and counts to the end.")
    ] = False,
    all_names: Annotated[bool, Parameter(name="--list", help="Print all deployments.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print the run as JSON.")] = False,
) -> int:
    """See the table of commands."""
    given = _parameters(param or [])
    if not name and not all_names:
        raise UsageError("give a deployment: ff trigger analytics/valuation. --list prints all.")
    from ff_analytics.platform.api import rest
    from ff_analytics.platform.api import trigger as on_server

    with rest.client() as api:
        if all_names or not name:
            return listed([{"name": full} for full in api.deployments()], as_json)
        return started(api, name, on_server.trigger(api, name, given), follow, as_json)
