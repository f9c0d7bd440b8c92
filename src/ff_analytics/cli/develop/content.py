"""`ff content`: content profiles, and the login for the sheets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ff_analytics.cli.console import listed, note, out, typed_path
from ff_analytics.cli.options import PLAIN

if TYPE_CHECKING:
    from ff_analytics.domains.content.plan.outcome import Outcome

EXAMPLE_PLAN = "examples/content_plan.csv"

app = App(
    name="content",
    help_epilogue="""\
Examples:
  ff content preview                          the example, without any account
  ff content check example --offline
  ff content status mine
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
Needs no account: the plan is a CSV or Excel file, and the types of Jira's
fields are assumed. What Jira itself says: ff run content-plan --dry-run.
The file must lie in the data folder or below FF_FILE_SOURCES.

Examples:
  ff content preview                          the example plan and profile
  ff content preview mine --file data/plan.xlsx
  ff content preview mine --file data/plan.csv --open
  ff content preview mine --json              every row with what is wrong"""
)
def preview(
    profile: Annotated[str, Parameter(help="A profile in content/.")] = "example",
    /,
    *,
    file: Annotated[
        str, Parameter(help="The plan. Default: source.file of the profile.", show_default=False)
    ] = "",
    open_page: Annotated[
        bool, Parameter(name="--open", negative="", help="Open the page in the browser.")
    ] = False,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print one JSON list.")
    ] = False,
) -> int:
    """Show the issues that a plan file would become, without any account."""
    import asyncio
    import webbrowser
    from uuid import uuid4

    from ff_analytics.domains.content.offline import Offline
    from ff_analytics.domains.content.params import ContentParams
    from ff_analytics.domains.content.plan.outcome import line
    from ff_analytics.domains.content.plan.profile import load_profile
    from ff_analytics.domains.content.plan.state import open_run
    from ff_analytics.domains.content.run import execute
    from ff_analytics.engine.base.settings import get_settings

    settings = get_settings()
    chosen = load_profile(profile, settings)
    if not file and profile == "example" and not chosen.source.file:
        file = EXAMPLE_PLAN
    if file:
        file = str(typed_path(file) if file != EXAMPLE_PLAN else settings.home / file)
    params = ContentParams(profile=profile, dry_run=True, file=file)
    services = Offline(chosen)
    run = open_run(params, services, settings, uuid4().hex[:12])
    result, error = asyncio.run(execute(run))
    if error:
        raise error
    listed(_rows(run.outcomes), as_json)
    page = (run.trace.folder / "preview.html").as_uri()
    note(f"{line(result['summary']).replace('skipped', 'would be created')}. {services.assumption}")
    note(f"the issues as a page: {page}")
    if open_page:
        webbrowser.open(page)
    return 0


@app.command(
    help_epilogue="""\
Reads the plans and asks Jira; writes nothing. `changed` is a row that was
edited after its issue was made: ff run content-plan --update takes it over.

Examples:
  ff content status mine
  ff content status mine --month 2027-01
  ff content status mine --json"""
)
def status(
    profile: Annotated[str, Parameter(help="A profile in content/.")],
    /,
    *,
    month: Annotated[str, Parameter(help="2027-01 or Januari 2027. Empty = next month.")] = "",
    file: Annotated[str, Parameter(help="A plan file instead of the profile's source.")] = "",
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print one JSON list.")
    ] = False,
) -> int:
    """Show each row of the plans beside its issue: status in Jira, and what has changed."""
    import asyncio
    from uuid import uuid4

    from ff_analytics.domains.content.access import clients
    from ff_analytics.domains.content.params import ContentParams
    from ff_analytics.domains.content.plan.outcome import line
    from ff_analytics.domains.content.plan.services import Services
    from ff_analytics.domains.content.plan.state import open_run
    from ff_analytics.domains.content.run import execute
    from ff_analytics.engine.base.settings import get_settings

    plan = str(typed_path(file)) if file else ""
    params = ContentParams(profile=profile, month=month, file=plan)
    run = open_run(params, Services(*clients(params)), get_settings(), uuid4().hex[:12])
    result, error = asyncio.run(execute(run))
    listed(_rows(run.outcomes), as_json)
    note(line(result["summary"]).replace("skipped", "without an issue"))
    if error:
        raise error
    return 0


def _rows(outcomes: "Sequence[Outcome]") -> list[dict[str, Any]]:
    """Outcomes of a run that writes nothing, as rows of a list."""
    return [
        {
            "row": o.row,
            "client": o.client,
            "status": "would be created" if o.status == "skipped" else o.status.value,
            "issue": o.key,
            "in_jira": o.jira_status,
            "summary": o.summary,
            "why": "; ".join((*o.warnings, *(p for p in o.problems if o.status != "skipped"))),
        }
        for o in outcomes
    ]


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
