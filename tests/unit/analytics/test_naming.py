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


SOURCE = PROJECT_ROOT / "src/ff_analytics"


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


def said_by(product: str) -> str:
    """Everything that one product shows: its folder with report and templates, its marts' yml."""
    folders = list(SOURCE.glob(f"domains/*/products/{product.replace('-', '_')}"))
    files = [f for folder in folders for f in folder.rglob("*") if f.suffix in (".py", ".j2")]
    models = products.load(product).dbt_models.split()
    files += [MODELS / "analytics" / f"{model.strip('+')}.yml" for model in models]
    return " ".join(" ".join(file.read_text().split()) for file in files)


def titles() -> list[tuple[str, str, str]]:
    rows = [
        [cell.strip(" `") for cell in line.strip("| ").split(" | ")]
        for line in PAGE.partition("| title | column | product |\n")[2].splitlines()[1:]
        if line.startswith("| ")
    ]
    return [(title, column, product) for title, column, product in rows[:3]]


def test_a_title_means_one_column_of_one_product() -> None:
    owners = {title: (column, product) for title, column, product in titles()}
    assert set(owners) == {"ageing value", "dynasty value", "composite score"}
    assert len({column for column, _ in owners.values()}) == len(owners)
    for title, (column, owner) in owners.items():
        assert owner in columns()[column], title
        words = re.compile(rf"(?<!not the )\b{title}\b", re.IGNORECASE)
        assert words.search(said_by(owner)), f"{owner} does not use its title {title}"
        for product in products.loadable():
            if product.name != owner:
                said = said_by(product.name)
                assert not words.search(said), f"{product.name} says {title!r} of something else"


def test_the_app_calls_no_column_by_the_title_of_another() -> None:
    owners = {title: column for title, column, _ in titles()}
    for file in [*SOURCE.glob("app/templates/*.j2"), *SOURCE.glob("app/pages/**/*.py")]:
        for line in file.read_text().splitlines():
            for title, column in owners.items():
                others = [c for c in owners.values() if c not in column and column not in c]
                if title in line.lower():
                    assert [c for c in others if c in line] == [], f"{file.name}: {line}"
