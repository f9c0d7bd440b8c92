"""A mistyped product or source stops only its own runs, and says where the mistake is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ff_analytics import domains
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.ingest import registered
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import doctor, manifest

MISTYPED = """
from ff_analytics.engine.products.product import Product
PRODUCT = Produkt(name='mistyped')
"""
ASKING = """
from ff_analytics.engine.sources.source import Source, SourceOptions

class Options(SourceOptions):
    api_token: str = ""

SOURCE = Source("asking", "Asking", "Asks for a secret.", Options, (), lambda o, c: iter(()))
"""


def declare(folder: Path, room: str, name: str, text: str) -> None:
    file = folder / "field" / room / name / f"{room[:-1]}.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second folder of domains."""
    monkeypatch.setattr(domains, "__path__", [*domains.__path__, str(tmp_path)])
    monkeypatch.setattr(domains.__spec__, "submodule_search_locations", domains.__path__)
    registered.cache_clear()
    yield tmp_path
    registered.cache_clear()


def test_only_the_broken_product_fails(folder: Path) -> None:
    declare(folder, "products", "mistyped", MISTYPED)
    with pytest.raises(ConfigError, match=r"product.py, line 3: NameError: name 'Produkt'"):
        products.load("mistyped")
    assert products.load("template").name == "template"
    assert "template" in {product.name for product in products.loadable()}
    assert products.of_mart("analytics.mrt_template") is products.load("template")


def test_a_source_with_a_syntax_error_leaves_the_tables_of_the_others(folder: Path) -> None:
    declare(folder, "sources", "unfinished", "SOURCE = Source(\n")
    with pytest.raises(ConfigError, match=r"source.py, line 1: SyntaxError"):
        sources.load("unfinished")
    assert "raw_nflverse.player_week" in registered()
    assert "raw_nflverse.players" in sources.by_table()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("empty_one", "", "there is no PRODUCT = Product"),
        (
            "odd_one",
            "from ff_analytics.domains.fantasy.products.template.product import PRODUCT\n",
            "declares 'template'",
        ),
    ],
)
def test_a_module_that_declares_nothing_or_another_name(
    folder: Path, name: str, text: str, words: str
) -> None:
    declare(folder, "products", name, text)
    with pytest.raises(ConfigError, match=words):
        products.load(name.replace("_", "-"))


def test_a_source_that_asks_for_a_secret_as_an_option_is_refused(folder: Path) -> None:
    declare(folder, "sources", "asking", ASKING)
    with pytest.raises(ConfigError, match="may not be called 'api_token'"):
        sources.load("asking")


def test_the_doctor_lists_it(folder: Path) -> None:
    declare(folder, "products", "mistyped", MISTYPED)
    lines = {line.what: line for line in doctor.modules()}
    assert lines["product mistyped"].verdict == "fail"
    assert "line 3" in lines["product mistyped"].found


def test_a_deploy_of_everything_names_the_broken_file_before_it_begins(folder: Path) -> None:
    declare(folder, "sources", "unfinished", "SOURCE = Source(\n")
    text = manifest.FILE.read_text().replace(
        "flows.ingest.klaviyo_campaigns", "flows.ingest.unfinished"
    )
    (folder / "prefect.yaml").write_text(text)
    declared = manifest.load(folder / "prefect.yaml")
    with pytest.raises(ConfigError, match=r"source.py, line 1: SyntaxError.*Nothing was"):
        manifest.refuse_broken(declared)
    with pytest.raises(ConfigError, match="klaviyo-campaigns cannot be deployed"):
        manifest.refuse_broken(declared, ["ingest/klaviyo-campaigns"])
    manifest.refuse_broken(declared, ["valuation"])
