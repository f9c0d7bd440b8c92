"""No parameter can overwrite an official row or file: every product, every parameter."""

from enum import Enum
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from ff_analytics.domains.fantasy.cap.orders import ExtensionOrder, TradeOrder
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.official.address import OF_EVERY_RUN, Address
from ff_analytics.engine.products.official.parts import parts_of
from ff_analytics.engine.products.product import Product
from ff_analytics.engine.products.run import Run, start

ORDERS: dict[type, Any] = {
    ExtensionOrder: [{"player": "p1", "years": 2, "total": 10}],
    TradeOrder: [{"giver": "a", "taker": "b", "players": ["p1"]}],
}


def another(field: FieldInfo, value: Any) -> Any:
    """A valid value of the field that is not `value`."""
    kinds: list[Any] = [k for k in get_args(field.annotation) if k is not type(None)]
    kind: Any = field.annotation if field.annotation in (bool, int, float, str) else None
    kind = kind or (kinds[0] if kinds else field.annotation)
    if isinstance(value, bool):
        return not value
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(member for member in kind if member != value)
    if kind in ORDERS:
        return TypeAdapter(list[kind]).validate_python(ORDERS[kind])
    if kind is str and field.annotation == list[str]:
        return ["p1"]
    if kind in (int, float):
        return kind(2010) if value is None else kind(value + 1)
    assert kind is str, f"say in this test what another value of {field} is"
    return "another"


def run_with(product: Product, settings: Settings, **changed: Any) -> Run:
    run = start(product.name, {}, settings=settings)
    # Unvalidated, since a combination of weights or a file that is not there does not matter here.
    run.params = run.params.model_copy(update=changed)
    run.snapshot = 7
    return run


def addresses(run: Run) -> set[Address]:
    frame = run.product.contract.create_empty()
    return {address for part in parts_of(run, frame) for address in part.addresses}


EVERY = [
    (product, name)
    for product in products.loadable()
    for name in product.params.model_fields
    if name not in OF_EVERY_RUN | {*product.scope.parameters, *product.gate_parameters}
]


@pytest.mark.parametrize(("product", "name"), EVERY, ids=lambda each: getattr(each, "name", each))
def test_any_other_parameter_goes_to_an_address_of_its_own(
    product: Product, name: str, lake_settings: Settings
) -> None:
    official = run_with(product, lake_settings)
    value = another(product.params.model_fields[name], getattr(official.params, name))
    scenario = run_with(product, lake_settings, **{name: value})
    assert official.official
    assert not scenario.official
    assert name in (scenario.scenario or "")
    (own,) = addresses(scenario)
    assert own.folder.startswith("scenarios/")
    assert not {own.file, own.report} & {
        path for address in addresses(official) for path in (address.file, address.report)
    }
    # Stable: the same parameters have the same address on any day, other ones another.
    assert addresses(run_with(product, lake_settings, **{name: value})) == {own}
    past = run_with(product, lake_settings, **{name: value, "as_of": 7, "snapshot_date": "x"})
    assert addresses(past).isdisjoint({own, *addresses(official)})


@pytest.mark.parametrize("product", products.loadable(), ids=lambda product: product.name)
def test_the_past_goes_to_a_file_of_its_own(product: Product, lake_settings: Settings) -> None:
    official = run_with(product, lake_settings)
    past = run_with(product, lake_settings, as_of=7, snapshot_date="2026-02-01")
    assert not past.official
    (address,) = addresses(past)
    assert address.past == "snapshot-7-2026-02-01"
    assert address.file not in {each.file for each in addresses(official)}


@pytest.mark.parametrize("product", products.loadable(), ids=lambda product: product.name)
def test_league_or_tenant_has_a_file_and_a_slice_of_its_own(
    product: Product, lake_settings: Settings
) -> None:
    scope = product.scope
    model = PROJECT_ROOT / f"dbt/models/analytics/{product.mart.partition('.')[2]}.sql"
    sliced = model.read_text().partition("slice=[")[2].partition("]")[0]
    slice_of = {word.strip(" '") for word in sliced.split(",")}
    assert slice_of == {"snapshot_date", *([scope.column] if scope.column else [])}
    if not scope.column:
        # Nothing chooses whose rows these are, so there is one official output a day.
        assert not {"league", "leagues", "tenant"} & set(product.params.model_fields)
        return
    assert scope.column in product.contract.primary_key()
    one, two = (
        {a.file for a in addresses(run_with(product, lake_settings, **{scope.parameters[0]: name}))}
        for name in ("one", "two")
    )
    assert one == {f"{product.output}/one/latest.parquet"}
    assert two == {f"{product.output}/two/latest.parquet"}


def test_parameters_that_only_judge_are_listed_here() -> None:
    evaluating = {
        product.name: product.gate_parameters
        for product in products.loadable()
        if product.gate_parameters
    }
    assert evaluating == {"backtest": ("stored", "fail_on_regression")}


def test_a_name_from_data_stays_one_segment_below_its_product(lake_settings: Settings) -> None:
    product = products.load("channel-performance")
    for name in ("../up", "..", "a/b", ".hidden", "scenarios/x"):
        (address,) = addresses(run_with(product, lake_settings, tenant=name))
        assert address.file.count("/") == 2
        assert ".." not in address.file.split("/")


def test_the_deployments_own_league_is_also_the_products_file(lake_settings: Settings) -> None:
    product = products.load("valuation")
    files = {address.file for address in addresses(run_with(product, lake_settings))}
    assert files == {
        "player_valuation/dynasty_half_ppr/latest.parquet",
        "player_valuation/latest.parquet",
    }


def test_a_run_without_a_server_has_the_parameters_of_the_deployment(
    lake_settings: Settings, tmp_path: Any
) -> None:
    (tmp_path / "prefect.yaml").write_text(
        "deployments:\n- name: valuation\n  entrypoint: flows.leagues.valuation\n"
        "  parameters: {basis: projections}\n- name: valuation\n"
        "  entrypoint: flows.analytics.valuation\n"
        "  parameters: {league: redraft_ppr, basis: trailing}\n"
    )
    settings = lake_settings.model_copy(update={"home": tmp_path, "leagues_dir": PROJECT_ROOT})
    run = start("valuation", {}, settings=settings)
    assert (run.official, run.params.model_dump()["basis"]) == (True, "trailing")
    other = start("valuation", {"basis": "season"}, settings=settings)
    assert other.scenario == "Scenario, not the official output: basis season (official: trailing)."


def test_every_model_of_parameters_is_enumerated() -> None:
    assert {product.name for product, _ in EVERY} == set(products.names())
    assert all(issubclass(product.params, BaseModel) for product, _ in EVERY)
