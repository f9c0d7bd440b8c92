"""Back-test of the projections: forecasts of each season against results."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ff_analytics.domains.fantasy.league.inputs import sync_leagues_first
from ff_analytics.domains.fantasy.projection.data.columns import (
    HISTORY,
    HISTORY_UPSTREAM,
    RANKINGS_INPUT,
)
from ff_analytics.domains.fantasy.projection.week.inputs import week_inputs
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.base.settings import get_settings
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
)

if TYPE_CHECKING:
    import polars as pl

SEASONS = "marts.mrt_player_season"


class BacktestParams(ProductParams):
    """Parameters of `backtest/weekly`."""

    first_season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2005],
        ge=1999,
        le=2100,
        description="First season that is forecast, e.g. 2005. Empty = the seventh of the lake.",
    )
    last_season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2019],
        ge=1999,
        le=2100,
        description="Last season that is forecast. Empty = the latest that is complete.",
    )
    stored: Annotated[str | None, Mark.ADVANCED] = Field(
        None,
        description="JSON file of the reference figures. Empty = those stored with the code.",
    )
    fail_on_regression: bool = Field(
        True, description="End Failed when a figure is worse than the one stored with the code."
    )


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: BacktestParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, rows of the contract out; see `fantasy/backtest/run.py`."""
    import polars as pl

    from ff_analytics.domains.fantasy.products.backtest.contract import BackTest
    from ff_analytics.domains.fantasy.products.backtest.run import back_test, window
    from ff_analytics.domains.fantasy.products.backtest.weekly import weekly_rows
    from ff_analytics.domains.fantasy.projection.model.project import MODEL_VERSION

    rows = frames[SEASONS]
    first, last = window(rows, params.first_season, params.last_season)
    seasons = back_test(rows, first, last, rankings=frames[RANKINGS_INPUT.mart])
    weeks = weekly_rows(frames, first, last).cast(seasons.schema)
    return (
        pl.concat([seasons, weeks])
        .rename({"season": "target_season"})
        .with_columns(
            pl.col("value").round(6),
            first_season=pl.lit(first, dtype=pl.Int32),
            last_season=pl.lit(last, dtype=pl.Int32),
            model_version=pl.lit(MODEL_VERSION),
            snapshot_date=pl.lit(context.snapshot_date),
            input_snapshot_id=pl.lit(context.snapshot, dtype=pl.Int64),
        )
        .select(BackTest.column_names())
    )


def _own_league(params: BacktestParams) -> tuple[str, list[Any]]:
    """Weeks are measured in the scoring of the default league, FF_LEAGUE."""
    return "league = ? AND season_type = 'REG'", [get_settings().league]


def _too_little(con: Any, params: BacktestParams) -> str | None:
    from ff_analytics.domains.fantasy.checks.played import of_lake
    from ff_analytics.domains.fantasy.products.backtest.run import FEWEST_SEASONS

    seasons = len(of_lake(con))
    if not seasons or seasons >= FEWEST_SEASONS:
        return None
    return (
        f"A back-test needs {FEWEST_SEASONS} seasons, and {seasons} of them "
        f"{'is' if seasons == 1 else 'are'} in the lake. Run ingest/nflverse with more seasons."
    )


def _quality_gate(frame: "pl.DataFrame", params: BacktestParams) -> None:
    from ff_analytics.domains.fantasy.products.backtest import stored

    if params.fail_on_regression:
        kept = stored.load(Path(params.stored) if params.stored else stored.FILE)
        stored.compare(frame.rename({"target_season": "season"}), kept)


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.backtest.report import of_run

    return of_run(frame, run)


PRODUCT = Product(
    name="backtest",
    title="Back-test of the projections",
    description="How far the projections would have been from what came, season by season, "
    "against simpler methods, and whether they have become worse.",
    output="backtest",
    params=BacktestParams,
    inputs=(
        MartInput(mart=SEASONS, columns=HISTORY, upstream=HISTORY_UPSTREAM),
        RANKINGS_INPUT,
        *week_inputs(_own_league, allow_empty=True),
    ),
    contract_path="ff_analytics.domains.fantasy.products.backtest.contract:BackTest",
    dbt_models="mrt_backtest",
    compute=compute,
    prepare=sync_leagues_first,
    quality_gate=_quality_gate,
    too_little=_too_little,
    gate_parameters=("stored", "fail_on_regression"),
    scope=Scope(part="model"),
    report=_report,
    deployed_as="backtest/weekly",
    top=("model", "measure", "position", "horizon", "target_season", "value", "players"),
    sort_by="players",
    diff_by="value",
    precision=0.0005,
)
