"""Provider calls of a content plan, one task each, and what people see of a run."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.artifacts import create_link_artifact, create_table_artifact

from ff_analytics.domains.content.plan.services import Services
from tasks.policy import OUTAGE

if TYPE_CHECKING:
    from ff_analytics.domains.content.params import ContentParams
    from ff_analytics.domains.content.plan.outcome import Outcome


@task(name="google.sheets.read-data", **OUTAGE)
async def read_data(services: Services, spreadsheet: str, sheet: str) -> list[list[Any]]:
    """All cells of a sheet."""
    return await Services.read_data(services, spreadsheet, sheet)


@task(name="google.drive.search-files", **OUTAGE)
async def search_files(services: Services, folder: str, name: str) -> list[dict[str, str]]:
    """Spreadsheets of a folder by name."""
    return await Services.search_files(services, folder, name)


@task(name="jira.field.read-create-screen", **OUTAGE)
async def read_fields(services: Services, project: str, issue_type: str) -> dict[str, Any]:
    """Fields of the create screen."""
    return await Services.read_fields(services, project, issue_type)


@task(name="jira.issue.search", **OUTAGE)
async def search_issues(
    services: Services, jql: str, reconcile: Sequence[int]
) -> list[dict[str, Any]]:
    """Issues by label."""
    return await Services.search_issues(services, jql, reconcile)


@task(name="jira.issue.get", **OUTAGE)
async def issue_exists(services: Services, issue: str) -> bool:
    """Whether an issue is still there."""
    return await Services.issue_exists(services, issue)


# An answer that does not come is no reason to send it again: the flow looks first. Only what
# Jira certainly did not do (429) counts as transient here.
@task(name="jira.issue.bulk-create", **OUTAGE)
async def bulk_create(services: Services, issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Up to 45 issues in one request."""
    return await Services.bulk_create(services, issues)


@task(name="jira.issue.update", **OUTAGE)
async def update_issue(services: Services, key: str, issue: Mapping[str, Any]) -> None:
    """Fields of one issue."""
    await Services.update_issue(services, key, issue)


class Tasks(Services):
    """The services of a run, each call a task."""

    async def read_data(self, spreadsheet: str, sheet: str) -> list[list[Any]]:
        return await read_data(self, spreadsheet, sheet)

    async def search_files(self, folder: str, name: str) -> list[dict[str, str]]:
        return await search_files(self, folder, name)

    async def read_fields(self, project: str, issue_type: str) -> dict[str, dict[str, Any]]:
        return await read_fields(self, project, issue_type)

    async def search_issues(self, jql: str, reconcile: Sequence[int]) -> list[dict[str, Any]]:
        return await search_issues(self, jql, reconcile)

    async def issue_exists(self, issue: str) -> bool:
        return await issue_exists(self, issue)

    async def bulk_create(self, issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return await bulk_create(self, issues)

    async def update_issue(self, key: str, issue: Mapping[str, Any]) -> None:
        await update_issue(self, key, issue)


def open_services(params: "ContentParams") -> Tasks:
    """Clients from blocks, or from the environment. Raises `ConfigError` without credentials."""
    from blocks.stored import stored_credentials
    from ff_analytics.domains.content.access import clients

    return Tasks(*clients(params, stored_credentials))


async def publish(outcomes: "Sequence[Outcome]", preview: str | None) -> None:
    """A table per client, with links into Jira; the preview where there is one."""
    from ff_analytics.domains.content.plan.outcome import table

    names = list(dict.fromkeys(outcome.client for outcome in outcomes))
    for number, name in enumerate(names, 1):
        await create_table_artifact(  # type: ignore[misc]
            key=f"content-plan-{number}",
            table=table([outcome for outcome in outcomes if outcome.client == name]),
            description=f"Content plan of {name or 'the spreadsheet'}",
        )
    if preview:
        await create_link_artifact(  # type: ignore[misc]
            key="content-plan-preview", link=preview, description="The issues as a page"
        )
