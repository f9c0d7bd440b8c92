"""What a table and its columns mean, in the words of contracts and dbt files; and who feeds whom.

Read from the files, so it is there before anything was built. A text that is missing stays
missing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from ff_analytics.engine.base.contracts.columns import words_of
from ff_analytics.engine.read.declared import all_products, all_sources
from ff_analytics.engine.sources.domain import domains

if TYPE_CHECKING:
    from ff_analytics.engine.base.dataset import Dataset
    from ff_analytics.engine.base.settings import Settings
    from ff_analytics.engine.products.product import Product

# Of the project's own files, which need no bounds; in C, where PyYAML has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REF = re.compile(r"\bref\(\s*['\"](\w+)['\"]\s*\)")
_SOURCE = re.compile(r"\bsource\(\s*['\"](\w+)['\"]\s*,\s*['\"](\w+)['\"]\s*\)")
_PUBLISHED = re.compile(r"\bpublished\(\s*['\"](\w+)['\"]")
# `docs/naming.md`: the end of a name that is a unit.
_UNITS = {"_pct": "share of 1", "_share": "share of 1", "_usd": "US dollars", "_days": "days"}


@dataclass(frozen=True)
class ColumnText:
    """One column: what it means, its unit, and what its contract allows."""

    text: str = ""
    unit: str = ""
    rule: str = ""


@dataclass(frozen=True)
class TableText:
    """One table or view: what it is, its columns, and the tables that it is made of."""

    text: str = ""
    columns: Mapping[str, ColumnText] = field(default_factory=dict)
    parents: tuple[str, ...] = ()


def _one_line(text: object) -> str:
    return " ".join(str(text or "").split())


def _unit_by_name(column: str) -> str:
    return next((unit for end, unit in _UNITS.items() if column.endswith(end)), "")


def _rule(column: Any) -> str:
    """Bounds of a dataframely column in words."""
    words = ["key"] if getattr(column, "primary_key", False) else []
    if not getattr(column, "nullable", True) and not words:
        words.append("required")
    low, high = getattr(column, "min", None), getattr(column, "max", None)
    if low is not None or high is not None:
        words.append(f"{'' if low is None else low} to {'' if high is None else high}".strip())
    return ", ".join(words)


def _of_contract(owner: "Dataset | Product") -> dict[str, ColumnText]:
    columns = owner.contract.columns()
    return {
        name: ColumnText(words.text, words.unit or _unit_by_name(name), _rule(columns[name]))
        for name, words in words_of(owner.contract).items()
    }


def _owners() -> dict[str, "Dataset | Product"]:
    """Dataset or product by table."""
    found: dict[str, Dataset | Product] = {}
    for source in all_sources():
        found |= {dataset.table: dataset for dataset in source.datasets}
    for domain in domains():
        found |= {dataset.table: dataset for dataset in domain.mirrored}
    return found | {product.mart: product for product in all_products()}


def _merged(first: ColumnText | None, second: ColumnText | None) -> ColumnText:
    a, b = first or ColumnText(), second or ColumnText()
    return ColumnText(a.text or b.text, a.unit or b.unit, a.rule or b.rule)


def _unit_of_yml(column: Mapping[str, Any]) -> str:
    config = column.get("config") or {}
    meta: Mapping[str, Any] = config.get("meta") or column.get("meta") or {}
    return _one_line(meta.get("unit"))


def _of_yml(entry: Mapping[str, Any]) -> dict[str, ColumnText]:
    return {
        column["name"]: ColumnText(
            _one_line(column.get("description")),
            _unit_of_yml(column) or _unit_by_name(column["name"]),
        )
        for column in entry.get("columns") or ()
    }


def _parents(sql: str, schemas: Mapping[str, str], delivered: Mapping[str, str]) -> tuple[str, ...]:
    """Tables that a model reads, `schema.table`; `published.<output>` is what a product wrote."""
    found = [f"{schemas.get(name, '')}.{name}" for name in _REF.findall(sql)]
    found += [f"{delivered.get(source, source)}.{table}" for source, table in _SOURCE.findall(sql)]
    found += [f"published.{output}" for output in _PUBLISHED.findall(sql)]
    return tuple(dict.fromkeys(found))


def _files(folder: Path) -> tuple[tuple[str, int], ...]:
    found = (f for f in folder.rglob("*") if f.suffix in (".sql", ".yml"))
    return tuple(sorted((str(f), f.stat().st_mtime_ns) for f in found))


def _document(file: Path) -> Any:
    loader = _LOADER(file.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


@lru_cache(maxsize=4)
def _of_dbt(folder: Path, files: tuple[tuple[str, int], ...]) -> dict[str, TableText]:
    """By `schema.model`; `files` with their times make a changed folder another key."""
    paths = [Path(name) for name, _ in files]
    models = {p.stem: p for p in paths if p.suffix == ".sql"}
    # The first folder below models/ is the schema (dbt_project.yml).
    schemas = {name: path.relative_to(folder).parts[0] for name, path in models.items()}
    entries: dict[str, Mapping[str, Any]] = {}
    delivered: dict[str, str] = {}
    for path in paths:
        if path.suffix == ".yml":
            said = _document(path) or {}
            of_models = _list(said, "models")
            entries |= {f"{schemas.get(e['name'], '')}.{e['name']}": e for e in of_models}
            for source in _list(said, "sources"):
                schema = source.get("schema") or source["name"]
                delivered[source["name"]] = schema
                entries |= {f"{schema}.{t['name']}": t for t in _list(source, "tables")}
    found = {
        table: TableText(_one_line(entry.get("description")), _of_yml(entry))
        for table, entry in entries.items()
    }
    for name, path in models.items():
        table = f"{schemas[name]}.{name}"
        known = found.get(table, TableText())
        parents = _parents(path.read_text(encoding="utf-8"), schemas, delivered)
        found[table] = TableText(known.text, known.columns, parents)
    return found


def _list(entry: Mapping[str, Any], name: str) -> Iterable[Mapping[str, Any]]:
    return entry.get(name) or ()


def dictionary(settings: "Settings") -> dict[str, TableText]:
    """Texts of every table that contracts, dbt models or their sources describe."""
    models = settings.dbt_dir / "models"
    return _dictionary(models, _files(models) if models.is_dir() else ())


@lru_cache(maxsize=4)
def _dictionary(models: Path, files: tuple[tuple[str, int], ...]) -> dict[str, TableText]:
    found = dict(_of_dbt(models, files))
    for table, owner in _owners().items():
        known = found.get(table, TableText())
        ours = _of_contract(owner)
        columns = {
            name: _merged(ours.get(name), known.columns.get(name))
            for name in [*ours, *(c for c in known.columns if c not in ours)]
        }
        text = known.text or _one_line(getattr(owner, "description", ""))
        found[table] = TableText(text, columns, known.parents)
    return found


def parents_of(table: str, texts: Mapping[str, TableText]) -> tuple[str, ...]:
    """Tables that `table` is made of: models by their SQL, products by the marts that they read."""
    known = texts.get(table, TableText()).parents
    found: list[str] = []
    for parent in known:
        schema, _, output = parent.partition(".")
        product = next((p for p in all_products() if p.output == output), None)
        if schema == "published" and product:
            found += [source.mart for source in product.inputs]
        elif schema != "published":
            found.append(parent)
    return tuple(dict.fromkeys(found))
