"""Deployments that load a table: the ones that a hint names."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ff_analytics.engine.sources import registry
from ff_analytics.engine.sources.domain import Domain, domains, invented

if TYPE_CHECKING:
    import duckdb


def mirror_of(table: str) -> Domain | None:
    """The domain whose files the table mirrors; None for a table that a source loads."""
    mirrors = (d for d in domains() if any(m.table == table for m in d.mirrored))
    return next(mirrors, None)


def deployments(table: str) -> list[str]:
    """`ingest/<source>` of every source that loads the table, invented data last."""
    found = [s.name for s in registry.loadable() if any(d.table == table for d in s.datasets)]
    return [f"ingest/{name}" for name in sorted(found, key=lambda name: (invented(name), name))]


def last_brought(con: "duckdb.DuckDBPyConnection", table: str) -> str | None:
    """The deployment that loaded the table last; None without a record of it."""
    found = con.execute(
        "SELECT max_by(source, finished_at) FROM ops.ingest_runs WHERE table_name = ?", [table]
    ).fetchone()
    known = deployments(table)
    name = f"ingest/{found[0]}" if found and found[0] else ""
    return name if name in known else None


def how_to_load(tables: Iterable[str]) -> str:
    """One sentence that names what brings these tables; empty when nothing does."""
    real, sample, files = dict[str, None](), dict[str, None](), dict[str, None]()
    for table in tables:
        if domain := mirror_of(table):
            files[domain.files] = None
        for name in deployments(table):
            (sample if invented(name.partition("/")[2]) else real)[name] = None
    sentences = [f"Run {' or '.join(real)}" if real else ""]
    if sample:
        tried = f"{' or '.join(sample)} for invented data"
        sentences[0] = f"{sentences[0]}, or {tried}" if real else f"Run {tried}"
    sentences += [f"Write {' and '.join(files)}"] if files else []
    return " ".join(f"{sentence}." for sentence in sentences if sentence)
