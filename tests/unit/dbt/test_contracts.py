"""A product's contract and the schema of its dbt mart say the same, both ways."""

from pathlib import Path
from typing import Any

import dataframely as dy
import duckdb
import pytest
import yaml

from ff_analytics.domains.fantasy.products.template.contract import Template
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products

MODELS = PROJECT_ROOT / "dbt" / "models"
Facts = dict[str, dict[str, Any]]


def facts_of_contract(contract: type[dy.Schema]) -> Facts:
    """What can be said of columns in both places, by column: type, key, nulls, bounds."""
    held = duckdb.from_arrow(contract.create_empty().to_arrow())
    types = dict(zip(held.columns, (str(kind).lower() for kind in held.types), strict=True))
    return {
        name: {
            "type": types[name],
            "key": column.primary_key,
            "not null": not column.nullable,
            "low": getattr(column, "min", None),
            "high": getattr(column, "max", None),
        }
        for name, column in contract.columns().items()
    }


def facts_of_model(model: dict[str, Any]) -> Facts:
    """The same from a model's yml: data_type and the tests of the house."""
    given = {name: test["arguments"] for each in model["data_tests"] for name, test in each.items()}
    keys = given["unique_combination"]["columns"]
    complete, ranges = given["complete"]["columns"], given.get("within", {}).get("ranges", {})
    facts: Facts = {column["name"]: {"type": column["data_type"]} for column in model["columns"]}
    for name in {*facts, *keys, *complete, *ranges}:
        low, high = ranges.get(name, (None, None))
        more = {"key": name in keys, "not null": name in complete, "low": low, "high": high}
        facts[name] = {"type": None} | facts.get(name, {}) | more
    return facts


def differences(contract: Facts, model: Facts) -> list[str]:
    """One line per column and fact in which the two differ."""
    lines = [f"{name}: in the contract, not in the yml" for name in contract if name not in model]
    lines += [f"{name}: in the yml, not in the contract" for name in model if name not in contract]
    return lines + [
        f"{name}: {fact} is {value!r} in the contract, {model[name][fact]!r} in the yml"
        for name, facts in contract.items()
        if name in model
        for fact, value in facts.items()
        if model[name][fact] != value
    ]


def declared(name: str) -> dict[str, Any]:
    for file in MODELS.rglob("*.yml"):
        for model in yaml.safe_load(file.read_text()).get("models", []):
            if model["name"] == name:
                return dict(model)
    raise AssertionError(f"no yml below {MODELS} declares the model {name}")


def mart_of(product: str) -> str:
    """The model that takes over the product's output, among those that it builds."""
    names = [name.strip("+") for name in products.load(product).dbt_models.split()]
    wanted = f"mrt_{products.load(product).output}"
    return wanted if wanted in names else names[0]


@pytest.mark.parametrize("product", products.names())
def test_contract_and_yml_agree(product: str) -> None:
    contract = facts_of_contract(products.load(product).contract)
    found = differences(contract, facts_of_model(declared(mart_of(product))))
    assert not found, f"{product} and {mart_of(product)} differ:\n  " + "\n  ".join(found)


def test_every_kind_of_difference_is_reported() -> None:
    contract = facts_of_contract(Template)
    model = facts_of_model(declared("mrt_template"))
    model["position"] |= {"type": "integer", "key": False}
    model["players"]["low"] = None
    model["stray"] = model.pop("total_points")
    assert differences(contract, model) == [
        "total_points: in the contract, not in the yml",
        "stray: in the yml, not in the contract",
        "position: type is 'varchar' in the contract, 'integer' in the yml",
        "position: key is True in the contract, False in the yml",
        "players: low is 1 in the contract, None in the yml",
    ]


def test_models_have_descriptions_and_a_tested_grain() -> None:
    described = {
        model["name"]: model
        for file in MODELS.rglob("*.yml")
        for model in yaml.safe_load(file.read_text()).get("models", [])
    }
    assert {Path(file).stem for file in MODELS.rglob("*.sql")} == set(described)
    for name, model in described.items():
        assert len(model["description"]) > 40, name
        assert any("unique_combination" in test for test in model["data_tests"]), name
