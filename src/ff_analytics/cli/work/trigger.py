"""`ff trigger`: start a deployment's run on the server, and follow it."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, listed, note, out, print_json
from ff_analytics.cli.options import PLAIN, value_of

app = App(
    name="trigger",
    help_epilogue="""\
With --follow it prints states and log lines to the end. Exit code: 0 the run was made or, with
--follow, has completed; 1 it failed, crashed or was cancelled. Ctrl-C stops following, not the run.

Examples:
  ff trigger analytics/valuation
  ff trigger analytics/valuation --follow -p season=2024 -p league=superflex_tep
  ff trigger ingest/nflverse -p seasons=[2023,2024] --follow
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


@app.default
def trigger(
    name: Annotated[str | None, Parameter(help="e.g. analytics/valuation")] = None,
    *,
    param: Annotated[
        list[str] | None,
        Parameter(name=["--param", "-p"], help="NAME=VALUE; JSON where it parses. Repeatable."),
    ] = None,
    follow: Annotated[
        bool, Parameter(name=["--follow", "-f"], help="Print states and logs to the end.")
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
        run = on_server.trigger(api, name, given)
        if not as_json:
            out(f"{name}: run {run['name']}, {api.ui}/runs/flow-run/{run['id']}")
        if not follow:
            if as_json:
                print_json({key: run[key] for key in ("id", "name", "parameters")})
            return 0
        state = on_server.follow(api, run["id"], note if as_json else out)
    if as_json:
        print_json({"id": run["id"], "name": run["name"], "state": state["name"]})
    if state["type"] == "COMPLETED":
        return 0
    note(f"{name} ended {state['name']}: {state.get('message') or 'no message'}")
    return 1
