"""`ff content`: content profiles, and the login for the sheets."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed, out
from ff_analytics.cli.options import PLAIN

app = App(
    name="content",
    help_epilogue="""\
Examples:
  ff content check example --offline
  ff content login
  ff run content-plan --profile example --dry-run""",
    **PLAIN,
)


@app.command(
    help_epilogue="""\
Exit code 1: a name, account or field does not fit.

Examples:
  ff content check                            all profiles in content/
  ff content check example --offline
  ff content check example --json"""
)
def check(
    profiles: Annotated[list[str] | None, Parameter(help="Empty = all in content/.")] = None,
    /,
    *,
    offline: Annotated[bool, Parameter(help="Ask neither Google nor Jira.")] = False,
    as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False,
) -> int:
    """Check profiles: unknown names with the closest match, accounts, fields."""
    from ff_analytics.domains.content.check import check_online, check_profile
    from ff_analytics.domains.content.plan.profile import load_profile, names
    from ff_analytics.engine.base.settings import get_settings

    settings, rows = get_settings(), []
    for name in profiles or names(settings):
        profile = load_profile(name, settings)
        wrong, unused = check_profile(profile), list[str]()
        if not offline:
            more, unused = check_online(name, profile, settings)
            wrong += more
        rows += [{"profile": name, "kind": "wrong", "found": line} for line in wrong]
        rows += [{"profile": name, "kind": "note", "found": line} for line in unused]
        if not wrong:
            rows.append({"profile": name, "kind": "ok", "found": ""})
    if as_json:
        listed(rows, True)
    else:
        for row in rows:
            alone = " (the file alone)" if offline else ""
            texts = {"wrong": row["found"], "note": f"note: {row['found']}", "ok": f"ok{alone}"}
            out(f"{row['profile']}: {texts[row['kind']]}")
    return 1 if any(row["kind"] == "wrong" for row in rows) else 0


@app.command(
    help_epilogue="""\
Examples:
  ff content login"""
)
def login() -> int:
    """Log in to Google in a browser; keeps a token for later runs."""
    import webbrowser

    from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
    from ff_analytics.domains.content.sheet.login import login as log_in
    from ff_analytics.engine.base.errors import ConfigError
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.http.credentials import resolve

    access = resolve(GoogleWorkspaceCredentials, "google")
    if access is None:
        raise ConfigError("Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET in .env first.")

    def show(url: str) -> None:
        out(f"Open this page and log in:\n{url}")
        webbrowser.open(url)

    file = log_in(access, get_settings(), show)
    out(f"Logged in; kept in {file}. Set GOOGLE_TOKEN_FILE={file.name} in .env.")
    return 0
