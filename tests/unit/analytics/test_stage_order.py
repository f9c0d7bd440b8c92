"""The order of the stages: one function, used by every kind of run."""

import ast
import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ff_analytics.domains.fantasy.league import many_leagues
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products.pipeline import Stages, execute
from ff_analytics.engine.products.run_report import StageName
from flows import leagues

STAGES = {name.value.replace("-", "_") for name in StageName}


def recorded(done: list[str]) -> Stages:
    def stage(name: str) -> Any:
        return lambda *arguments: done.append(name)

    return Stages(**{name: stage(name) for name in Stages.__dataclass_fields__})


@pytest.mark.parametrize("gate", [None, print])
def test_the_stages_run_in_the_order_of_their_names(gate: Any) -> None:
    done: list[str] = []
    run: Any = SimpleNamespace(product=SimpleNamespace(quality_gate=gate))
    execute(run, recorded(done))
    names = [name.value.replace("-", "_") for name in StageName]
    assert done == (names if gate else names[:-1])


def test_the_first_failure_ends_the_run() -> None:
    done: list[str] = []

    def fail(run: Any) -> None:
        raise ValueError("no mart")

    stages = Stages(**{**vars(recorded(done)), "load_mart": fail})
    with pytest.raises(ValueError, match="no mart"):
        execute(SimpleNamespace(), stages)  # type: ignore[arg-type]  # Only passed on.
    assert done == ["ingest_check"]


def calls(file: Path) -> set[str]:
    """Stages that a module calls by name."""
    return {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    } & STAGES


def test_only_the_pipeline_runs_more_than_one_stage() -> None:
    """Flows, backfills and commands pass `Stages` on instead of repeating the order."""
    roots = ("flows", "tasks", "src/ff_analytics")
    found = (file for root in roots for file in (PROJECT_ROOT / root).rglob("*.py"))
    files = [file for file in found if file.parent.name != "stages"]
    several = {str(f.relative_to(PROJECT_ROOT)) for f in files if len(calls(f)) > 1}
    assert several == {"src/ff_analytics/engine/products/pipeline.py"}


def test_several_leagues_run_the_quality_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """After `compute` on the task runner, each league has the stages of a single run."""
    done: list[str] = []
    report: Any = SimpleNamespace(parameters={"league": "a"}, completed=True)
    report.model_dump = lambda mode: {}
    run: Any = SimpleNamespace(product=SimpleNamespace(quality_gate=print), close=lambda: report)

    async def ignore(*arguments: Any) -> None:
        return None

    monkeypatch.setattr(leagues, "TASKS", recorded(done))
    monkeypatch.setattr(leagues, "submit", lambda run, loaded: done.append("submit"))
    monkeypatch.setattr(leagues, "collect", lambda run, future: done.append("collect"))
    monkeypatch.setattr(leagues, "own_parameters", ignore)
    monkeypatch.setattr(leagues, "publish_summary", ignore)
    monkeypatch.setattr(leagues, "why_unused", lambda run: None)
    monkeypatch.setattr(many_leagues, "open_runs", lambda *a, **k: [run])
    state = asyncio.run(leagues._run("valuation", {}))
    assert state.is_completed(), state.message
    assert done == [
        "ingest_check",
        "load_mart",
        "submit",
        "collect",
        "write_parquet",
        "build_dbt_marts",
        "quality_gate",
    ]
