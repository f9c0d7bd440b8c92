"""Find the plans of a month and read their rows; one client's error does not stop the others."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ff_analytics.domains.content.plan.state import Run
from ff_analytics.domains.content.sheet.dates import parse_month
from ff_analytics.domains.content.sheet.plan_file import read_values
from ff_analytics.domains.content.sheet.sheet import PlanRow, read_rows
from ff_analytics.domains.content.sheet.text import normal
from ff_analytics.engine.base.errors import ConfigError, SourceError


@dataclass(frozen=True)
class Plan:
    """One sheet to read."""

    client: str
    spreadsheet: str
    name: str
    modified: str | None = None
    file: str | None = None


def _chosen(rows: Sequence[PlanRow], wanted: Sequence[str]) -> list[PlanRow]:
    """Clients by their number in the list, or by part of their name."""
    if not wanted:
        return list(rows)
    found: list[PlanRow] = []
    for word in wanted:
        if word.isdecimal():
            some = [row for n, row in enumerate(rows, 1) if n == int(word)]
        else:
            some = [row for row in rows if normal(word) in normal(row.text("client"))]
        if not some:
            names = ", ".join(row.text("client") for row in rows)
            raise ConfigError(f"clients: {word!r} is none of the clients {names}.")
        found += [row for row in some if row not in found]
    return found


async def _plan_of(run: Run, row: PlanRow, month: date) -> Plan:
    client = row.text("client")
    if errors := row.errors(("client", "folder")):
        raise SourceError(f"{row.place}: {'; '.join(errors.values())}.")
    name = run.profile.source.name_of(client, month)
    if not row.text("folder"):
        raise SourceError(f"{row.place}: {client} has no Drive folder.")
    files = await run.services.search_files(row.text("folder"), name)
    exact = [file for file in files if normal(file["name"]) == normal(name)]
    hits = exact or files
    if len(hits) != 1:
        found = ", ".join(file["name"] for file in hits) or "none"
        raise SourceError(f"{client}: one file called {name!r} is needed in its folder; {found}.")
    return Plan(client, hits[0]["id"], hits[0]["name"], hits[0].get("modifiedTime"))


async def find_plans(run: Run) -> list[Plan]:
    """The sheets to read. A client without a plan is reported; the others continue."""
    source = run.profile.source
    if file := run.params.file or source.file:
        return [Plan(source.client or "", file, Path(file).name, file=file)]
    if source.spreadsheet:
        return [Plan(source.client or "", source.spreadsheet, source.plan_sheet)]
    assert source.clients_spreadsheet is not None
    try:
        month = parse_month(run.params.month, run.today)
    except ValueError as error:
        raise ConfigError(f"month: {error}.") from None
    values = await run.services.read_data(source.clients_spreadsheet, source.clients_sheet)
    rows = read_rows(
        values,
        spreadsheet=source.clients_spreadsheet,
        sheet=source.clients_sheet,
        need=("client", "folder"),
    )
    rows = _chosen([row for row in rows if row.text("client")], run.params.clients)
    run.trace.step("clients", [dict(row.cells) for row in rows])
    found = await asyncio.gather(
        *(_plan_of(run, row, month) for row in rows), return_exceptions=True
    )
    return _good(run, [row.text("client") for row in rows], found)


def _good(run: Run, clients: Sequence[str], results: Sequence[Any]) -> list[Any]:
    """Results without errors; what is wrong with one client does not stop the others."""
    for client, result in zip(clients, results, strict=True):
        if isinstance(result, SourceError) and result.kind == SourceError.kind:
            run.client_errors[client] = result
            run.log(f"{client}: {result}")
        elif isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


async def _rows_of(run: Run, plan: Plan) -> list[PlanRow]:
    sheet = run.profile.source.plan_sheet
    if plan.file:
        values = await asyncio.to_thread(read_values, plan.file, sheet, run.settings)
    else:
        values = await run.services.read_data(plan.spreadsheet, sheet)
    rule = run.profile.fields["summary"]
    return read_rows(
        values,
        spreadsheet=plan.spreadsheet,
        sheet=plan.name if plan.file else sheet,
        from_file=plan.file is not None,
        need=(rule.column,) if rule.column else ("topic",),
        headers=run.profile.columns,
        client=plan.client,
        read=run.profile.read_columns,
    )


async def read_plans(run: Run, plans: Sequence[Plan]) -> list[PlanRow]:
    """Rows of all plans, numbered as in their sheets."""
    found = await asyncio.gather(*(_rows_of(run, plan) for plan in plans), return_exceptions=True)
    rows = [row for some in _good(run, [p.client for p in plans], found) for row in some]
    run.trace.step(
        "plans",
        [
            {
                "client": p.client,
                "spreadsheet": p.spreadsheet,
                "name": p.name,
                "modified": p.modified,
            }
            for p in plans
        ],
    )
    run.trace.step("rows", [{"row": r.number, "client": r.client, **r.cells} for r in rows])
    return rows
