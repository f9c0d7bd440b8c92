"""Build models with dbt's own runner in this process."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any
from uuid import uuid4

import duckdb

from ff_analytics.engine.base.errors import ConfigError, DbtFailure, LakeBusy
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.retries import DBT
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.dbt.restore import restore
from ff_analytics.engine.dbt.results import DbtRun, NodeRun, explain, node_run
from ff_analytics.engine.dbt.session import current_snapshot, session
from ff_analytics.engine.lake import Provenance
from ff_analytics.engine.lake.attach.catalog import reason
from ff_analytics.engine.lake.attach.classify import is_transient


class _LockedError(Exception):
    """The catalog was locked; another attempt may find it free."""


def _invoke(arguments: Sequence[str], provenance: Provenance, settings: Settings) -> list[NodeRun]:
    from dbt.cli.main import dbtRunner

    unmatched: list[str] = []

    def listen(event: Any) -> None:
        if event.info.name == "NoNodesForSelectionCriteria":
            unmatched.append(event.data.spec_raw)

    outcome = dbtRunner(callbacks=[listen]).invoke(list(arguments))
    error = outcome.exception
    if error is not None and not isinstance(error, Exception):
        # dbt returns what interrupts it; a cancelled run must end.
        raise error
    if error is not None:
        if is_transient(duckdb.Error(str(error))):
            raise _LockedError(reason(error, settings)) from None
        raise DbtFailure(f"dbt could not start: {reason(error, settings)[:500]}") from None
    if unmatched:
        raise ConfigError(
            f"No dbt model matches {', '.join(unmatched)}. The models are the files below "
            "dbt/models; correct the selection or the product's dbt_models."
        )
    nodes = [node_run(result, settings) for result in outcome.result.results]
    if locked := [n.message for n in nodes if n.failed and is_transient(duckdb.Error(n.message))]:
        raise _LockedError(locked[0])
    restore(outcome.result.results, provenance)
    return nodes


def build(
    select: str,
    *,
    holder: str,
    run_id: str | None = None,
    vars: Mapping[str, Any] | None = None,
    full_refresh: bool = False,
    published: Mapping[str, Sequence[str]] | None = None,
    settings: Settings | None = None,
) -> DbtRun:
    """Build and test the selected models (dbt's selection syntax), in sequence.

    `holder` names the caller in the lock and in each commit. `vars` cost a full parse.
    `published` names the Parquet files that an output's mart reads, by output.
    `full_refresh` recreates incremental models, but never the history in `analytics`.
    Raises `ConfigError` for a selection without models, `LakeBusy` for a lock that outlasts the
    retries, `DbtFailure` naming node, failing rows and compiled SQL. Models are replaced one by
    one, each in one commit, so a run that dies halfway leaves every table complete; a table that
    fails its tests is restored.
    """
    settings = settings or get_settings()
    arguments = ["build", "--select", *select.split(), "--log-level", "none", "--no-print"]
    arguments += ["--cache-selected-only", "--no-write-json"]
    arguments += ["--vars", json.dumps(dict(vars))] if vars else []
    arguments += ["--full-refresh"] if full_refresh else []
    provenance = Provenance(
        author=holder,
        message=f"dbt build {select}",
        run_id=run_id,
        details={"build": uuid4().hex},
    )
    start = perf_counter()
    try:
        with session(settings, provenance, published):
            fault_point("dbt.before-build")
            for attempt in DBT.attempts_on(_LockedError):
                with attempt:
                    nodes = _invoke(arguments, provenance, settings)
            fault_point("dbt.after-build")
            snapshot = current_snapshot()
    except _LockedError as error:
        raise LakeBusy(f"The lake stayed locked for dbt build {select}: {error}") from error
    if any(node.failed for node in nodes):
        raise DbtFailure(explain(select, nodes))
    return DbtRun(
        select=select,
        seconds=round(perf_counter() - start, 3),
        snapshot=snapshot,
        nodes=tuple(nodes),
    )


def models_fingerprint(settings: Settings | None = None) -> str:
    """Hash of every file of the dbt project: when it changes, marts need rebuilding."""
    folder = (settings or get_settings()).dbt_dir
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.suffix in (".sql", ".yml", ".csv"):
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
