"""Runs without a server: products, sources and the other flows, stage by stage in this process."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.cli.console import note
from ff_analytics.domains.content.params import ContentParams
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.etl.config import ExtractConfig

if TYPE_CHECKING:
    from stamina.instrumentation import RetryDetails

    from ff_analytics.engine.ingest import PartResult
    from ff_analytics.engine.products.run import RunReport

Run = Callable[[Mapping[str, Any]], int]


class WarehouseOptions(BaseModel):
    """As the flow `warehouse`."""

    model_config = ConfigDict(extra="forbid")

    select: str = Field("staging core marts", description="dbt selection, e.g. core.dim_player+.")
    full_refresh: bool = Field(False, description="Drop and rebuild incremental models.")


class MaintenanceOptions(BaseModel):
    """As the flow `maintenance`, without the run history of the server."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(False, description="Only count what would go.")
    snapshot_retention_days: int | None = Field(
        None, ge=1, description="Days of lake history that --as-of can reach. Empty = setting."
    )


class HelloOptions(BaseModel):
    """As the flow `workspace-check`."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field("ff-analytics", description="Name in the greeting.")


def _retries_noted() -> None:
    from stamina.instrumentation import set_on_retry_hooks

    from ff_analytics.engine.base.retries import retry_line

    def show_retry(details: "RetryDetails") -> None:
        note(retry_line(details))

    set_on_retry_hooks([show_retry])


def _ended(report: "RunReport") -> int:
    for line in report.notices:
        note(f"notice: {line}")
    for line in report.warnings:
        note(f"warning: {line}")
    if not report.completed:
        note(f"failed in {report.failure_line()}")
        return 1
    note(f"completed in {report.seconds:.1f} s, snapshot {report.snapshot}: {report.output}")
    if report.scenario:
        note(report.scenario)
    if report.report:
        note(f"report: {report.report}")
    return 0


def run_analytics(name: str, given: Mapping[str, Any]) -> int:
    """Run one product; 0 when it completed."""
    from ff_analytics.engine.products.pipeline import run_product

    report = run_product(name, dict(given), progress=note)
    code = _ended(report)
    if not code:
        from ff_analytics.cli.work.top import show

        show(report)
    return code


def run_source(name: str, given: Mapping[str, Any]) -> int:
    """Ingest one source; 0 when every part was loaded."""
    from ff_analytics.engine.ingest import run_ingest

    _retries_noted()

    def show_part(part: "PartResult | None", done: int, expected: int) -> None:
        note(f"[{done}/{max(done, expected)}] {part.line() if part else 'not modified'}")

    summary = run_ingest(name, dict(given), progress=show_part)
    for line in summary.notes:
        note(line)
    for line in summary.warnings:
        note(f"warning: {line}")
    note(summary.line())
    return 0


def of_leagues(product: str) -> tuple[str, type[BaseModel], Run]:
    """A product for several leagues, one after the other; 1 when one of them failed."""
    from ff_analytics.domains.fantasy.league import many_leagues
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.products import registry

    declared = registry.load(product)

    def run(given: Mapping[str, Any]) -> int:
        from ff_analytics.engine.products.pipeline import run_product

        # The first league must not run before a mistake in the list is found.
        checked(many_leagues.parameters_of(declared), dict(given), f"leagues/{product}")
        shared = {name: value for name, value in given.items() if name != "leagues"}
        ended = []
        for league in many_leagues.chosen(given.get("leagues") or [], get_settings()):
            note(f"league {league}")
            report = run_product(product, {**shared, "league": league}, progress=note)
            ended.append(_ended(report))
        return max(ended, default=0)

    return declared.description, many_leagues.parameters_of(declared), run


def run_production_etl(given: Mapping[str, Any]) -> int:
    """Extract, transform, load; 0 when the rows are stored."""
    from ff_analytics.engine.etl.run import run_etl

    _retries_noted()
    report = run_etl(given)
    for line in report.columns[:40]:
        note(f"column {line}")
    if len(report.columns) > 40:
        note(f"and {len(report.columns) - 40} more columns")
    for line in report.warnings:
        note(f"warning: {line}")
    note(report.line())
    return 0


def run_content_plan(given: Mapping[str, Any]) -> int:
    """Read the plans, write the issues; credentials come from the environment or `.env`."""
    import asyncio

    from ff_analytics.domains.content.access import clients
    from ff_analytics.domains.content.params import parse_params
    from ff_analytics.domains.content.plan.outcome import line
    from ff_analytics.domains.content.plan.services import Services
    from ff_analytics.domains.content.plan.state import open_run
    from ff_analytics.domains.content.run import execute
    from ff_analytics.engine.base.settings import get_settings

    params = parse_params(given)
    services = Services(*clients(params))
    run = open_run(params, services, get_settings(), uuid4().hex[:12])
    result, error = asyncio.run(execute(run))
    page = run.trace.folder / "preview.html"
    note(f"{params.profile} ({params.mode}): {line(result['summary'])}")
    note(f"preview: {page.as_uri()}" if page.exists() else f"trace: {result['trace']}")
    if error:
        raise error
    return 0


def run_warehouse(given: Mapping[str, Any]) -> int:
    """Rebuild and test the marts; 0 when every node passed."""
    from ff_analytics.domains.fantasy.league.sync import sync_leagues
    from ff_analytics.engine import dbt
    from ff_analytics.engine.base.settings import get_settings

    options = checked(WarehouseOptions, dict(given))
    sync_leagues(get_settings())
    result = dbt.build(options.select, holder="ff run", full_refresh=options.full_refresh)
    note(f"{len(result.nodes)} dbt nodes built")
    return 0


def run_maintenance(given: Mapping[str, Any]) -> int:
    """Merge, expire and clean, after a dry run that is printed."""
    from ff_analytics.engine.lake.care.housekeeping import remove_old_files
    from ff_analytics.engine.lake.care.maintenance import maintain
    from ff_analytics.engine.products.pages.retention import remove_old_reports
    from ff_analytics.engine.sources.domain import run_folders

    options = checked(MaintenanceOptions, dict(given))
    for dry_run in (True,) if options.dry_run else (True, False):
        report = maintain(dry_run=dry_run, retention_days=options.snapshot_retention_days)
        note(f"{'dry run: ' if dry_run else ''}{report.line()}")
    count = remove_old_files(dry_run=options.dry_run, run_folders=run_folders())
    count += remove_old_reports(dry_run=options.dry_run)
    note(f"{count} old files {'found' if options.dry_run else 'removed'}")
    return 0


def run_hello(given: Mapping[str, Any]) -> int:
    """The greeting of the flow `workspace-check`."""
    note(f"Hello, {checked(HelloOptions, dict(given)).name}")
    return 0


PIPELINES: dict[str, tuple[str, type[BaseModel], Run]] = {
    "production-etl": (
        "Load rows from an HTTP source or a file into one lake table.",
        ExtractConfig,
        run_production_etl,
    ),
    "content-plan": (
        "Create Jira issues from a content plan.",
        ContentParams,
        run_content_plan,
    ),
    "warehouse": (
        "Rebuild staging, core and marts with all their tests.",
        WarehouseOptions,
        run_warehouse,
    ),
    "maintenance": (
        "Merge small lake files; remove old snapshots, orphans and old files.",
        MaintenanceOptions,
        run_maintenance,
    ),
    "workspace-check": ("Print a greeting.", HelloOptions, run_hello),
}
