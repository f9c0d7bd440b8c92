"""Backfill of a source: its own ingest, one stretch of its window at a time."""

from dataclasses import replace
from typing import Any

from ff_analytics.engine.backfill.steps import Plan, ReportLine
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.traffic import Cursor
from ff_analytics.engine.ingest import (
    PartResult,
    close_run,
    failure_of,
    load_parts,
    open_run,
    parse_options,
    preview,
    record_checks,
    upsert,
)
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.source import Batch
from ff_analytics.engine.sources.window import Chunk, Window


def window_of(name: str) -> Window:
    """The source's window; `ConfigError` names the sources that have one."""
    window = sources.load(name).window
    if window is None:
        have = [source.name for source in sources.loadable() if source.window]
        raise ConfigError(
            f"ingest/{name} has no stretch of the past to ask for. Sources that have: "
            f"{', '.join(have)}."
        )
    return window


class _Loader:
    """Runs the steps; a rehearsal remembers what it has seen, as the lake would."""

    def __init__(self, name: str, given: dict[str, Any], settings: Settings) -> None:
        self.name, self.given, self.settings = name, given, settings
        self.seen: dict[tuple[str, str], Cursor] = {}
        self.total: dict[str, int] = {}

    def __call__(self, step: Chunk, store: bool, report_line: ReportLine) -> None:
        options = parse_options(self.name, self.given | step.options)
        context = open_run(self.name, deployment=None, settings=self.settings)
        # In a rehearsal nothing is stored, so each step would offer the same players again.
        context = replace(context, cursors={**context.cursors, **self.seen})

        def progress(part: PartResult | None, done: int, expected: int) -> None:
            if part:
                report_line(part.line())

        parts, unmodified = load_parts(context, options, upsert if store else preview, progress)
        if unmodified:
            report_line(f"not modified: {', '.join(batch.label for batch in unmodified)}")
        self._remember(parts, unmodified, store)
        if store:
            parts += record_checks(unmodified, context)
        summary = close_run(context, parts)
        for warning in summary.warnings:
            report_line(f"warning: {warning}")
        if context.failures:
            raise failure_of(context.failures, self.name, len(parts))
        if not (parts or unmodified):
            # A schedule may skip a source without credentials; a manual backfill may not.
            raise ConfigError(f"ingest/{self.name} had nothing to ask. See the warnings above.")

    def _remember(self, parts: list[PartResult], unmodified: list[Batch], store: bool) -> None:
        for count in ("new", "updated", "unchanged", "deleted", "rejected"):
            rows = sum(getattr(part, f"rows_{count}") for part in parts)
            self.total[count] = self.total.get(count, 0) + rows
        if not store:
            self.seen |= {(p.dataset, p.part): p.cursor_after for p in parts if p.cursor_after}
            self.seen |= {(b.dataset.name, b.part): b.cursor for b in unmodified}


def plan_of(
    name: str, text: str, given: dict[str, Any], settings: Settings
) -> tuple[Plan, dict[str, int]]:
    """Plan over the window `text`, and the counts of rows that its steps add up.

    Raises `ConfigError` for a wrong window or option, before anything is fetched.
    """
    steps = window_of(name).chunks(text)
    for step in steps:
        parse_options(name, given | step.options)
    loader = _Loader(name, given, settings)
    tables = tuple(dataset.table for dataset in sources.load(name).datasets)
    return Plan(f"ingest/{name}", tables, steps, given, loader), loader.total
