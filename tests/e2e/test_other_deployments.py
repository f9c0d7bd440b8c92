"""The deployments around the main job complete through the same worker."""

import pytest

from ff_analytics import lake
from ff_analytics.settings import Settings
from tests.e2e.conftest import NEW_SOURCE, Platform

pytestmark = pytest.mark.timeout(600)


def test_hello_proves_the_workspace(platform: Platform) -> None:
    assert "Completed" in platform.run("workspace-check/hello")


def test_the_warehouse_is_rebuilt_and_tested(sample: Platform) -> None:
    assert "Completed" in sample.run("warehouse/refresh")


def test_the_nightly_care_completes(sample: Platform) -> None:
    assert "Completed" in sample.run("maintenance/nightly", dry_run="true")
    assert "Completed" in sample.run("maintenance/nightly")


def test_the_template_product_completes(sample: Platform) -> None:
    assert "Completed" in sample.run("analytics/template")
    assert (sample.data / "analytics/template/latest.parquet").exists()


def test_a_scaffolded_source_deploys_and_runs(platform: Platform) -> None:
    assert "Completed" in platform.run(f"ingest/{NEW_SOURCE}")
    rows = lake.read(
        "SELECT id, amount FROM raw_draft_positions.rows ORDER BY id",
        settings=Settings(data_dir=platform.data),
    )
    assert rows.rows() == [("a", 1.5), ("b", 2.0), ("c", None)]
