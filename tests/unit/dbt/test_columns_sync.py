"""The contract is the only place of a column: `ff dbt sync` writes the mart's yml from it."""

import importlib.util
import shutil
from dataclasses import replace
from pathlib import Path

import dataframely as dy
import pytest
import yaml

from ff_analytics.cli.main import main as ff
from ff_analytics.domains.fantasy.products.template.contract import Template
from ff_analytics.engine.base.contracts.columns import words_of
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.product import Product
from ff_analytics.platform.scaffold import dbt_columns, new_product

HAND_WRITTEN = """\
models:
  - name: mrt_template
    description: Said by hand. # a comment
    data_tests:
      - own_test: {arguments: {limit: 3}}
@
sources:
  - name: analytics
    tables:
      - name: template
""".replace("@", f"{dbt_columns.BEGIN}\n      - stale\n{dbt_columns.END}\n")


class Wider(Template):
    share = dy.Float64(
        nullable=True, min=0, max_exclusive=1, description='Says "x".', metadata={"unit": "share"}
    )


def test_no_mart_differs_from_its_contract() -> None:
    found = dbt_columns.changes(products.loadable())
    assert not found, "run ff dbt sync:\n" + "\n".join(change.diff() for change in found)


@pytest.mark.parametrize("product", products.names())
def test_every_output_column_has_a_description(product: str) -> None:
    words = words_of(products.load(product).contract)
    assert [name for name, said in words.items() if not said.text.endswith(".")] == []


def test_what_is_written_by_hand_survives() -> None:
    written = dbt_columns.replaced(HAND_WRITTEN, Wider, "a.yml")
    for part in HAND_WRITTEN.split("      - stale\n"):
        assert part in written
    model = yaml.safe_load(written)["models"][0]
    assert model["description"] == "Said by hand."
    tests = {name: test["arguments"] for each in model["data_tests"] for name, test in each.items()}
    assert list(tests) == ["own_test", "unique_combination", "complete", "within"]
    assert dbt_columns.replaced(written, Wider, "a.yml") == written


def test_a_new_column_needs_the_contract_only() -> None:
    before = yaml.safe_load(dbt_columns.replaced(HAND_WRITTEN, Template, "a.yml"))["models"][0]
    after = yaml.safe_load(dbt_columns.replaced(HAND_WRITTEN, Wider, "a.yml"))["models"][0]
    assert after["columns"][:-1] == before["columns"]
    assert after["columns"][-1] == {
        "name": "share",
        "data_type": "double",
        "description": 'Says "x".',
        "config": {"meta": {"unit": "share"}},
    }
    *_, complete, within = (next(iter(test.values()))["arguments"] for test in after["data_tests"])
    assert "share" not in complete["columns"]
    assert within["ranges"]["share"] == [0, 1]


def test_a_yml_without_a_generated_part_is_refused_with_what_to_add() -> None:
    with pytest.raises(ConfigError, match=r"a\.yml has no generated part"):
        dbt_columns.replaced("models: []\n", Template, "a.yml")


@pytest.fixture
def drifted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose only product has a column that its yml lacks."""
    product = replace(products.load("template"), contract_path=f"{__name__}:Wider")
    monkeypatch.setattr(products, "names", lambda: ["template"])
    monkeypatch.setattr(products, "load", lambda name: product)
    monkeypatch.setattr("ff_analytics.engine.base.settings.PROJECT_ROOT", tmp_path)
    path = dbt_columns.file_of(product, tmp_path)
    path.parent.mkdir(parents=True)
    shutil.copy2(dbt_columns.file_of(product), path)
    return path


def test_check_prints_the_difference_and_writes_nothing(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = drifted.read_text()
    assert ff(["dbt", "sync", "--check"]) == 3
    assert "\n+      - name: share\n" in capsys.readouterr().out
    assert drifted.read_text() == before


def test_sync_writes_once_and_names_the_file(
    drifted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff(["dbt", "sync"]) == 0
    assert capsys.readouterr().out == "wrote  dbt/models/analytics/mrt_template.yml\n"
    assert "      - name: share\n" in drifted.read_text()
    assert ff(["dbt", "sync", "--check"]) == 0
    assert ff(["dbt", "sync"]) == 0
    assert capsys.readouterr().out == "All marts have the columns of their contracts.\n"


def contract_in(file: Path, name: str) -> type[dy.Schema]:
    spec = importlib.util.spec_from_file_location("made_contract", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: type[dy.Schema] = getattr(module, name)
    return found


def test_a_new_product_has_nothing_to_sync(tmp_path: Path) -> None:
    shutil.copy2(PROJECT_ROOT / "prefect.yaml", tmp_path)
    made = new_product.write("waiver-wire", tmp_path)
    code = next(file for file in made if file.name == "contract.py")
    mart = next(file for file in made if file.suffix == ".yml" and "models" in file.parts)
    contract = contract_in(code, "WaiverWire")
    assert dbt_columns.replaced(mart.read_text(), contract, mart.name) == mart.read_text()


def test_a_missing_yml_is_named(tmp_path: Path) -> None:
    product: Product = products.load("template")
    with pytest.raises(ConfigError, match=r"mrt_template\.yml is missing"):
        dbt_columns.changes([product], tmp_path)
