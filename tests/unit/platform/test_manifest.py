"""prefect.yaml: every mistake that Prefect would swallow is refused here."""

from pathlib import Path

import pytest
import yaml
from prefect.flows import Flow, load_flow_from_entrypoint

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import manifest

ENTRIES = manifest.load().deployments


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.entrypoint)
def test_entry_loads_and_its_parameters_exist(entry: manifest.Deployment) -> None:
    assert manifest.unknown_parameters(entry) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.entrypoint)
def test_entry_is_called_as_its_flow(entry: manifest.Deployment) -> None:
    flow: Flow[..., object] = load_flow_from_entrypoint(entry.entrypoint)
    assert entry.full_name == f"{flow.name}/{entry.name}"


def test_every_product_and_source_is_deployed() -> None:
    deployed = {e.name for e in ENTRIES if e.group in ("flows.analytics", "flows.backtest")}
    ingest = {e.name for e in ENTRIES if e.group == "flows.ingest"}
    wanted = {products.load(name).deployment.rpartition("/")[2] for name in products.names()}
    assert deployed == wanted
    assert ingest == set(sources.names())


def test_daily_work_has_a_schedule() -> None:
    scheduled = {e.entrypoint for e in ENTRIES if e.schedules}
    assert scheduled >= {
        "flows.analytics.valuation",
        "flows.ingest.nflverse",
        "flows.maintenance.nightly",
        "flows.warehouse.refresh",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"wrok_pool": {}}, "wrok_pool"),
        ({"schedules": [{"slug": "x", "cron": "0 9 * *", "timezone": "UTC"}]}, "cron expression"),
        ({"schedules": [{"slug": "x", "cron": "0 9 * * *", "timezone": "Mars"}]}, "timezone"),
        ({"schedules": [{"cron": "0 9 * * *", "timezone": "UTC"}]}, "slug"),
        ({"concurrency_limit": {"limit": 0}}, "limit"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, change: dict[str, object], words: str) -> None:
    raw = yaml.safe_load(manifest.FILE.read_text())
    raw["deployments"][0] |= change
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=words):
        manifest.load(file)


def test_schedules_must_be_said_even_if_there_are_none(tmp_path: Path) -> None:
    raw = yaml.safe_load(manifest.FILE.read_text())
    del raw["deployments"][0]["schedules"]
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match="schedules"):
        manifest.load(file)


def test_an_unknown_parameter_name_is_found() -> None:
    entry = ENTRIES[0].model_copy(update={"parameters": {"leauge": "x"}})
    assert manifest.unknown_parameters(entry) == ["leauge"]


def test_the_pool_is_the_only_template(tmp_path: Path) -> None:
    raw = yaml.safe_load(manifest.FILE.read_text())
    raw["deployments"][0]["description"] = "{{ $FF_WORK_POOL_OF_MINE }}"
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=r"no \{\{ templates"):
        manifest.load(file)
