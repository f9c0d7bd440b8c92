"""The HTML reports that runs publish, served as they are."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ff_analytics.engine.base.settings import Settings

# The report's own policy allows its two scripts by hash. Here it may be shown and nothing else:
# in a sandbox it has no session, no storage and no way into the app.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-scripts allow-popups allow-downloads"
)


def published(settings: Settings) -> dict[str, Path]:
    """Reports of official runs by name: `valuation`, `valuation/my_league`, those of its days."""
    folder = settings.reports_dir
    found = {f.relative_to(folder).with_suffix("").as_posix(): f for f in folder.rglob("*.html")}
    return {
        name: file for name, file in sorted(found.items()) if "scenarios" not in name.split("/")
    }


def report(request: Request, settings: Settings) -> Response:
    """One report by the name of its file."""
    wanted = request.path_params["name"]
    # Compared with what lies there, so no name leads to another folder.
    if file := published(settings).get(wanted):
        headers = {"content-security-policy": _POLICY}
        return Response(file.read_bytes(), media_type="text/html", headers=headers)
    return PlainTextResponse("There is no such report. The first page lists them.", 404)
