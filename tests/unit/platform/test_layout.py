"""The layout: which package may import which, no import circle, small folders, folders as registry.

Imports inside functions and under TYPE_CHECKING count: they couple packages as much as others.
"""

import ast
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

ROOTS = ("src/ff_analytics", "flows", "tasks", "blocks")
# Each package of the engine may import those before it.
ENGINE = [
    "base",
    "http",
    "lake",
    "dbt",
    "sources",
    "ingest",
    "accounts",
    "checks",
    "products",
    "report",
    "etl",
    "read",
    "backfill",
]
MODULES_IN_A_FOLDER = 9
# What each room may import of the project; `prefect` where it is listed.
LAW = {
    "flows": {"tasks", "blocks", "domains", "engine", "prefect"},
    "tasks": {"blocks", "domains", "engine", "prefect"},
    "blocks": {"domains", "engine", "prefect"},
    "platform": {"blocks", "domains", "engine", "prefect"},
    "app": {"domains", "engine"},
    "cli": {"app", "demo", "domains", "engine", "platform"},
    "demo": {"domains", "engine"},
    "domains": {"engine"},
    "engine": set[str](),
}


def _module(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    parts = parts[1:] if parts[0] == "src" else parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _modules(root: Path) -> dict[str, Path]:
    files = (file for room in ROOTS for file in sorted((root / room).rglob("*.py")))
    return {_module(file, root): file for file in files}


def graph(root: Path) -> dict[str, set[str]]:
    """Imported modules and packages by module: the project's own, and `prefect`."""
    known = _modules(root)
    found: dict[str, set[str]] = {}
    for module, file in known.items():
        named: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                full = {f"{node.module}.{alias.name}": node.module for alias in node.names}
                named |= {name if name in known else base for name, base in full.items()}
        own = {name for name in named if name in known and name != module}
        found[module] = own | (
            {"prefect"} if any(n.split(".")[0] == "prefect" for n in named) else set()
        )
    return found


@cache
def today() -> dict[str, set[str]]:
    return graph(PROJECT_ROOT)


def room(module: str) -> str:
    """`engine`, `domains`, `demo`, `platform`, `cli`, or the top-level folder."""
    parts = module.split(".")
    return parts[1] if parts[0] == "ff_analytics" and len(parts) > 1 else parts[0]


def against_the_law(imports: dict[str, set[str]]) -> list[str]:
    """Imports that point upwards, `importer -> imported`."""
    wrong = []
    for module, targets in imports.items():
        here = room(module)
        for target in sorted(targets):
            there, a, b = room(target), module.split("."), target.split(".")
            if there == "ff_analytics":
                continue
            if here != there:
                allowed = there in LAW[here]
            elif here == "engine" and len(b) > 2:
                allowed = ENGINE.index(b[2]) <= ENGINE.index(a[2])
            else:
                allowed = here != "domains" or len(b) < 3 or a[2] == b[2]
            if not allowed:
                wrong.append(f"{module} -> {target}")
    return wrong


def circle(imports: dict[str, set[str]]) -> list[str]:
    """The modules of one import circle; empty when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports_point_downwards() -> None:
    assert against_the_law(today()) == []


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circle(today()) == []


def test_no_package_of_the_engine_or_of_the_platform_is_in_a_circle() -> None:
    for name in ("engine", "platform"):
        packages: dict[str, set[str]] = {}
        for module, targets in today().items():
            a = module.split(".")
            if room(module) != name or len(a) < 4:
                continue
            reached = {t.split(".")[2] for t in targets if room(t) == name and t.count(".") > 2}
            packages.setdefault(a[2], set()).update(reached - {a[2]})
        assert circle(packages) == []


@pytest.mark.parametrize(
    ("module", "target"),
    [
        ("ff_analytics.engine.lake.writer", "ff_analytics.domains.fantasy.league.league"),
        ("ff_analytics.engine.base.errors", "ff_analytics.engine.lake.writer"),
        ("ff_analytics.domains.fantasy.cap.book", "ff_analytics.domains.marketing.domain"),
        ("ff_analytics.domains.fantasy.cap.book", "prefect"),
        ("ff_analytics.engine.lake.history", "prefect"),
        ("ff_analytics.app.serve", "prefect"),
        ("ff_analytics.app.pages.home", "ff_analytics.platform.doctor"),
        ("tasks.ingest", "flows.ingest"),
        ("ff_analytics.domains.content.run", "ff_analytics.platform.doctor"),
    ],
)
def test_an_import_upwards_is_found(module: str, target: str) -> None:
    assert against_the_law({module: {target}}) == [f"{module} -> {target}"]


def test_a_lazy_or_type_checking_import_counts(tmp_path: Path) -> None:
    package = tmp_path / "src/ff_analytics/engine/base"
    package.mkdir(parents=True)
    (tmp_path / "src/ff_analytics/domains").mkdir()
    (tmp_path / "src/ff_analytics/domains/field.py").write_text("")
    (package / "low.py").write_text(
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from ff_analytics.domains import field\n"
        "def lazy() -> None:\n    import prefect\n"
    )
    assert against_the_law(graph(tmp_path)) == [
        "ff_analytics.engine.base.low -> ff_analytics.domains.field",
        "ff_analytics.engine.base.low -> prefect",
    ]


def test_the_engine_names_no_domain_in_a_string() -> None:
    named = {
        str(file.relative_to(PROJECT_ROOT))
        for file in (PROJECT_ROOT / "src/ff_analytics/engine").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("ff_analytics.domains.")
    }
    assert named == set()


def test_a_folder_holds_one_subject() -> None:
    files = (
        file
        for root in ("src", "flows", "tasks", "blocks", "benchmarks")
        for file in (PROJECT_ROOT / root).rglob("*.py")
    )
    loose = Counter(file.parent for file in files if not file.name.startswith("__"))
    crowded = {
        str(f.relative_to(PROJECT_ROOT)): n for f, n in loose.items() if n > MODULES_IN_A_FOLDER
    }
    assert crowded == {}


def test_deployments_hold_no_python() -> None:
    assert list((PROJECT_ROOT / "deployments").rglob("*.py")) == []


def test_every_product_and_source_lies_in_a_folder_of_its_own() -> None:
    domains = PROJECT_ROOT / "src/ff_analytics/domains"
    folders = {file.parent.name for file in domains.glob("*/products/*/product.py")}
    assert {name.replace("-", "_") for name in products.names()} == folders
    assert {"nflverse", "meta-ads", "shopify-orders", "klaviyo-campaigns"} <= set(sources.names())
