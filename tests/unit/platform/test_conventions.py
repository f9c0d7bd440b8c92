"""Rules of the house that a reader relies on."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

SRC = sorted((PROJECT_ROOT / "src").rglob("*.py"))
CODE = [
    *SRC,
    *(f for room in ("flows", "tasks", "blocks") for f in (PROJECT_ROOT / room).rglob("*.py")),
]
HEAVY = ("polars", "duckdb", "dataframely", "dbt", "pyarrow", "numpy", "scipy")


def imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module.partition(".")[0])
    return found


def test_src_never_imports_prefect_or_the_rooms_above_it() -> None:
    above = {"prefect", "flows", "tasks", "blocks"}
    below = [f for f in SRC if "platform" not in f.parts]
    assert {f.name: imports(f) & above for f in below if imports(f) & above} == {}


def entrypoints() -> list[str]:
    return [
        *(f"flows.analytics.{name.replace('-', '_')}" for name in products.names()),
        *(f"flows.ingest.{name.replace('-', '_')}" for name in sources.names()),
        "flows.backtest.weekly",
        "flows.warehouse.refresh",
        "flows.maintenance.nightly",
        "flows.workspace_check.hello",
        "flows.enterprise_data_pipeline.production_etl",
        "flows.content_plan_to_jira.content_plan",
    ]


def test_loading_a_flow_stays_light() -> None:
    code = (
        "import sys; from prefect.flows import load_flow_from_entrypoint\n"
        f"for e in {entrypoints()!r}: load_flow_from_entrypoint(e)\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PREFECT_PLUGINS_ENABLED": "false"},
    )
    assert done.stdout.strip() == "[]"


def test_flows_import_from_any_folder(tmp_path: Path) -> None:
    code = "from flows.analytics import template; print(template.name)"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


@pytest.mark.parametrize("file", CODE, ids=lambda f: str(f.relative_to(PROJECT_ROOT)))
def test_no_function_is_longer_than_a_screen(file: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno
        and node.end_lineno - node.lineno >= 80
    ]
    assert long == []


def _variable(alias: object) -> str | None:
    """The name that the example shows, of those that are read."""
    choices = getattr(alias, "choices", [alias])
    return str(choices[0]) if choices[0] else None


def test_every_setting_is_in_the_example_file() -> None:
    example = (PROJECT_ROOT / ".env.example").read_text()
    names = {
        _variable(field.validation_alias) or f"FF_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    assert {
        name for name in names if not re.search(rf"^#? ?{name}=", example, re.MULTILINE)
    } == set()


def test_every_product_resolves_its_contract() -> None:
    for name in products.names():
        product = products.load(name)
        assert product.name == name
        assert product.contract.primary_key()


def test_scripts_are_executable_and_explain_themselves() -> None:
    for script in (PROJECT_ROOT / "scripts").iterdir():
        assert os.access(script, os.X_OK), script.name
        assert script.read_text().splitlines()[1].startswith("# "), script.name
