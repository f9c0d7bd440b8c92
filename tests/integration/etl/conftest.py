"""A source of rows on a loopback port, and a load bound to it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stamina

from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.etl.report import EtlReport
from ff_analytics.engine.etl.run import run_etl
from tests.fakes.rows import RowsSource

Load = Callable[..., EtlReport]


@pytest.fixture
def source() -> RowsSource:
    return RowsSource(rows=[{"id": n, "name": f"n{n}", "value": n / 2} for n in range(25)])


@pytest.fixture
def base(source: RowsSource) -> Iterator[str]:
    with stamina.set_testing(True, attempts=2), serve(source.app(), Faults()) as url:
        yield url


@pytest.fixture
def load(base: str, lake_settings: Settings) -> Load:
    """`load("link", key_columns=["id"])` into public.t; the report accounts for every row."""

    def call(path: str, **parameters: Any) -> EtlReport:
        given = {"source_url": f"{base}/{path}", "target_table": "public.t"} | parameters
        report = run_etl(given)
        assert report.accounted == report.rows_read
        return report

    return call


@pytest.fixture
def stored(lake_settings: Settings) -> Callable[[str], list[tuple[Any, ...]]]:
    def query(sql: str) -> list[tuple[Any, ...]]:
        return lake.read(sql).rows()

    return query
