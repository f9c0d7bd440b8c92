"""`ff mcp`: the lake for AI assistants, over the Model Context Protocol."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError
from ff_analytics.cli.options import PLAIN

if TYPE_CHECKING:
    from ff_analytics.app.mcp.tools.start import Starter

app = App(
    name="mcp",
    help_epilogue="""\
Without --http it serves one client on stdin and stdout; a client starts it by itself, with the
command `scripts/ff mcp`. It can only read; --allow-run adds starting a deployment, after a
confirmation.

Examples:
  ff mcp                                      for a client that starts it
  ff mcp --http                               on http://127.0.0.1:4280/mcp, behind the API's login
  ff mcp --http --port 4300
  ff mcp --allow-run                          may start deployments, with a confirmation""",
    **PLAIN,
)


class _OnServer:
    """Deployments of the project's server."""

    def deployments(self) -> list[str]:
        from ff_analytics.platform.api import rest

        with rest.client() as api:
            return api.deployments()

    def deployment(self, name: str) -> Mapping[str, Any]:
        from ff_analytics.platform.api import rest

        with rest.client() as api:
            return api.deployment(name)

    def start(self, name: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        from ff_analytics.platform.api import rest
        from ff_analytics.platform.api import trigger as on_server

        with rest.client() as api:
            return on_server.trigger(api, name, parameters)


@app.default
def mcp(
    *,
    http: Annotated[
        bool, Parameter(help="Serve streamable HTTP on loopback, not stdin and stdout.")
    ] = False,
    port: Annotated[int | None, Parameter(help="Port of --http [default: 4280].")] = None,
    allow_run: Annotated[
        bool, Parameter(help="Add the tool that starts a deployment; it asks first.")
    ] = False,
) -> int:
    """See the table of commands."""
    if port is not None and not http:
        raise UsageError("--port is for --http: ff mcp --http --port 4300.")
    if find_spec("mcp") is None:
        raise UsageError('the extra "mcp" is not installed: scripts/bootstrap installs it.')
    from ff_analytics.app.mcp.server import create_server, serve_stdio
    from ff_analytics.app.web.settings import server_settings
    from ff_analytics.engine.base.settings import get_settings

    server = server_settings()
    starter: Starter | None = _OnServer() if allow_run else None
    made = create_server(get_settings(), server, starter)
    if not http:
        serve_stdio(made)
        return 0
    from ff_analytics.app.mcp.http import serve_http

    serve_http(made, server.login(), port)
    return 0
