"""Products of which nothing was loaded, and hints that come from the input that lacks it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ff_analytics.engine import lake
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.ingest import tables
from ff_analytics.engine.lake import ops
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.inputs.unused import deciding, what_brings, why_unused
from ff_analytics.engine.products.run import start
from ff_analytics.engine.sources import domain, loading_deployments
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import doctor, manifest
from ff_analytics.platform.watch import observe

Rows = Callable[..., None]
INPUTS = [
    pytest.param(product.name, source, id=f"{product.name}-{source.mart}")
    for product in products.loadable()
    for source in product.inputs
    if not source.of_product
]


@pytest.fixture
def rows(lake_settings: Settings) -> Rows:
    """Put one row of an origin into a raw table, with the record of its load."""

    def put(table: str, origin: str, finished_at: datetime | None = None, **values: object) -> None:
        dataset = tables.registered()[table]
        frame = pl.DataFrame(
            [{"_origin": origin, **values}], schema=dataset.contract.create_empty().schema
        )

        def work(con: duckdb.DuckDBPyConnection) -> None:
            tables.ensure_all(con)
            ops.ensure_tables(con)
            lake.upsert(con, frame, table, dataset.keys)
            now = finished_at or datetime.now(UTC)
            ops.append(
                con, "ops.ingest_runs", table_name=table, source=origin, origin=origin,
                rows_fetched=1, finished_at=now,
            )  # fmt: skip

        lake.commit(lake.Provenance(author="test", message=table), work, settings=lake_settings)

    return put


PLAYED = {"player_id": "p1", "season": 2024, "week": 1, "season_type": "REG"}
HELD = {"league": "dynasty_half_ppr", "player_id": "p1", "season": 2026, "franchise": "A"}


def reasons(settings: Settings) -> dict[str, str | None]:
    """Why each product is skipped, with its own parameters."""
    return {name: why_unused(start(name, {}, settings=settings)) for name in products.names()}


def test_an_empty_lake_leaves_every_product_without_input(lake_settings: Settings) -> None:
    assert all(reasons(lake_settings).values())


def test_a_domain_that_was_never_loaded_is_skipped_and_the_other_is_not(
    rows: Rows, lake_settings: Settings
) -> None:
    rows("raw_nflverse.player_week", "nflverse", **PLAYED)
    found = reasons(lake_settings)
    unused = {name for name, reason in found.items() if reason}
    assert unused == {"cap-scenarios", "channel-performance", "dynasty-value", "backtest"}
    assert str(found["dynasty-value"]).startswith(
        "Dynasty value has no input yet: analytics/projections has not published anything. "
        "Run analytics/projections first"
    )
    assert found["backtest"] == (
        "A back-test needs 3 seasons, and 1 of them is in the lake. "
        "Run ingest/nflverse with more seasons."
    )
    assert found["cap-scenarios"] == (
        "Cap scenarios has no input yet: raw_league.contracts was never loaded. "
        "Run ingest/league-sheet, or ingest/sample for invented data."
    )


def test_a_table_that_was_loaded_and_is_empty_now_is_no_unused_domain(
    rows: Rows, lake_settings: Settings
) -> None:
    rows("raw_league.contracts", "league-sheet", **HELD, salary=1.0)
    who = lake.Provenance(author="test", message="lost")
    lake.commit(
        who, lambda con: con.execute("DELETE FROM raw_league.contracts"), settings=lake_settings
    )
    assert reasons(lake_settings)["cap-scenarios"] is None


@pytest.mark.parametrize("output", ["multi_year_projections", "backtest"])
def test_output_that_was_published_once_and_is_lost_is_no_unused_product(
    rows: Rows, lake_settings: Settings, output: str
) -> None:
    rows("raw_nflverse.player_week", "nflverse", **PLAYED)
    file = Path(lake_settings.analytics) / output / "latest.parquet"
    file.parent.mkdir(parents=True)
    file.touch()
    product = {"multi_year_projections": "dynasty-value", "backtest": "backtest"}[output]
    assert reasons(lake_settings)[product] is None


def test_a_sample_that_gave_way_to_real_rows_does_not_count(
    rows: Rows, lake_settings: Settings
) -> None:
    rows("raw_league.contracts", "sample", **HELD, salary=1.0)
    assert reasons(lake_settings)["cap-scenarios"] is None
    who = lake.Provenance(author="test", message="gave way")
    lake.commit(
        who, lambda con: con.execute("DELETE FROM raw_league.contracts"), settings=lake_settings
    )
    assert reasons(lake_settings)["cap-scenarios"]


def test_a_lake_that_is_gone_while_output_lies_there_is_no_new_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    run = start("valuation", {}, settings=settings)
    assert why_unused(run)
    folder = tmp_path / "analytics" / "player_valuation"
    folder.mkdir(parents=True)
    (folder / "latest.parquet").touch()
    assert why_unused(run) is None


@pytest.mark.parametrize(("product", "source"), INPUTS)
def test_a_hint_names_a_deployment_that_brings_the_input(product: str, source: object) -> None:
    hint = what_brings(source)  # type: ignore[arg-type]
    wanted = deciding(source) or [source.mart]  # type: ignore[arg-type, attr-defined]
    deployed = {entry.entrypoint for entry in manifest.load().deployments}
    named = re.findall(r"ingest/([\w-]+)", hint)
    for name in named:
        assert f"flows.ingest.{name.replace('-', '_')}" in deployed
        assert {d.table for d in sources.load(name).datasets} & set(wanted)
    for table in wanted:
        brought = set(loading_deployments.deployments(table))
        mirror = loading_deployments.mirror_of(table)
        assert brought & {f"ingest/{n}" for n in named} or (mirror and mirror.files in hint)


def test_every_table_behind_a_product_has_somebody_who_brings_it() -> None:
    behind = {t for p in products.loadable() for i in p.inputs for t in i.upstream}
    assert [table for table in sorted(behind) if not loading_deployments.how_to_load([table])] == []


@pytest.mark.parametrize(
    ("chosen", "off"),
    [("", []), ("fantasy", ["content", "marketing"]), ("marketing, content", ["fantasy"])],
)
def test_domains_are_switched_in_one_place(chosen: str, off: list[str]) -> None:
    settings = Settings(domains=chosen)
    assert [d.name for d in domain.domains() if domain.switched_off(d.name, settings)] == off
    with pytest.raises(ConfigError, match=r"FF_DOMAINS names footbal\. Domains: content"):
        domain.switched_off("fantasy", Settings(domains="footbal"))


def test_stale_data_names_the_deployment_that_loaded_it_and_no_domain_that_is_off(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = datetime.now(UTC) - timedelta(days=30)
    seat = {"league": "l", "player_id": "p1", "franchise": "A", "slot": "active"}
    rows("raw_league.rosters", "sleeper", old, **seat)
    (found,) = observe.of_lake()
    assert found.what_to_do.startswith("Run and look at ingest/sleeper: ")
    assert "raw_league.rosters" in {line.what for line in doctor.the_lake()}
    monkeypatch.setenv("FF_DOMAINS", "marketing")
    get_settings.cache_clear()
    assert observe.of_lake() == []
    assert "raw_league.rosters" not in {line.what for line in doctor.the_lake()}


def test_deployments_carry_the_tag_of_their_domain() -> None:
    for entry in manifest.load().deployments:
        kind, name = entry.entrypoint.split(".")[1:]
        name = name.replace("_", "-")
        if kind in ("analytics", "leagues") and name != "template":
            assert products.domain_of(name) in entry.tags
        if kind == "ingest" and name != "sample":
            assert sources.domain_of(name) in entry.tags
