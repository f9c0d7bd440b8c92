"""docs/naming.md is the law of column names: one name, one type, one meaning."""

import re
from collections import defaultdict

import yaml

from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products

PAGE = (PROJECT_ROOT / "docs/naming.md").read_text()
MODELS = PROJECT_ROOT / "dbt/models"
# Types of the yml files, as contracts call them.
DBT_TYPES = {
    **{"varchar": "String", "double": "Float64", "date": "Date", "boolean": "Boolean"},
    **{"integer": "Int32", "bigint": "Int64", "decimal(18,6)": "Decimal"},
}


def table(title: str) -> list[list[str]]:
    """Rows of the table below a heading, first cell without its backticks."""
    section = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:3] == "| `"]
    return [[row[0].strip("`"), *row[1:]] for row in rows]


def columns() -> dict[str, dict[str, str]]:
    """Column -> type by table, of every contract and every analytics mart."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for product in products.loadable():
        for name, kind in product.contract.create_empty().schema.items():
            found[name][product.name] = str(kind).partition("(")[0]
    for file in (MODELS / "analytics").glob("*.yml"):
        for model in yaml.safe_load(file.read_text())["models"]:
            for column in model.get("columns", ()):
                kind = column.get("data_type")
                if kind:
                    found[column["name"]][model["name"]] = DBT_TYPES[kind.replace(", ", ",")]
    return found


def shared() -> dict[str, set[str]]:
    """Types of the columns that outputs of two products have."""
    several = {p.name for p in products.loadable()}
    return {
        name: set(tables.values())
        for name, tables in columns().items()
        if len(several & tables.keys()) > 1
    }


def test_a_shared_column_has_one_type_and_is_on_the_page() -> None:
    listed = {name: {kind} for name, kind, _ in table("Shared columns")}
    assert {name: kinds for name, kinds in shared().items() if len(kinds) > 1} == {}
    assert shared() == listed


def test_names_that_look_alike_exist() -> None:
    assert {name for name, *_ in table("Names that look alike")} <= columns().keys()


def test_retired_names_do_not_come_back() -> None:
    retired = {name for name, _ in table("Retired names")}
    assert retired & columns().keys() == set()
    words = re.compile(rf"\b({'|'.join(retired)})\b")
    models = [*MODELS.rglob("*.sql"), *MODELS.rglob("*.yml")]
    assert [str(file) for file in models if words.search(file.read_text())] == []


def test_what_a_product_renamed_is_gone_from_its_output() -> None:
    for product in products.loadable():
        here = set(product.contract.column_names())
        assert set(product.renamed.values()) <= here
        assert set(product.renamed) & here == set()
