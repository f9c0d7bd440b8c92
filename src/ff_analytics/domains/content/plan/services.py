"""The provider calls of a run, awaited; an orchestrator may wrap each in a task."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ff_analytics.domains.content.jira.jira import Jira
from ff_analytics.domains.content.sheet.google import Google

Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Clock:
    """Time as the run sees it; tests bring their own."""

    sleep: Sleep = asyncio.sleep

    def now(self) -> datetime:
        return datetime.now(UTC)


class Services:
    """Each call in a thread, so that waiting for one does not keep the others waiting."""

    # What a preview has to say about answers that were not asked for.
    assumption = ""

    def __init__(self, google: Google | None, jira: Jira) -> None:
        self._google, self.jira = google, jira

    @property
    def google(self) -> Google:
        """The client of the sheets; there is none for a plan in a file."""
        assert self._google is not None
        return self._google

    async def read_data(self, spreadsheet: str, sheet: str) -> list[list[Any]]:
        return await asyncio.to_thread(self.google.values, spreadsheet, sheet)

    async def search_files(self, folder: str, name: str) -> list[dict[str, str]]:
        return await asyncio.to_thread(self.google.files, folder, name)

    async def read_fields(self, project: str, issue_type: str) -> dict[str, dict[str, Any]]:
        return await asyncio.to_thread(self.jira.fields, project, issue_type)

    async def search_issues(self, jql: str, reconcile: Sequence[int]) -> list[dict[str, Any]]:
        return await asyncio.to_thread(self.jira.search, jql, reconcile)

    async def issue_exists(self, issue: str) -> bool:
        return await asyncio.to_thread(self.jira.exists, issue)

    async def bulk_create(self, issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return await asyncio.to_thread(self.jira.bulk_create, issues)

    async def update_issue(self, key: str, issue: Mapping[str, Any]) -> None:
        await asyncio.to_thread(self.jira.update, key, issue)
