"""Cap room of every franchise and season: as it stands, and after cuts, extensions, a trade."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, field_validator

from ff_analytics.domains.fantasy.cap.orders import ExtensionOrder, TradeOrder
from ff_analytics.domains.fantasy.league.inputs import (
    CONTRACTS,
    PROFILE_INPUT,
    PROFILES,
    LeagueChoice,
    of_the_league,
    sync_leagues_first,
)
from ff_analytics.domains.fantasy.league.league import LeagueProfile, load_profile, profile_names
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.products.product import (
    MartInput,
    Product,
    ProductParams,
    RunContext,
    Scope,
)

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from ff_analytics.engine.checks.result import CheckResult

CHARGES = "marts.mrt_cap_charge_current"
ROSTERS = "raw_league.rosters"
PLAYERS = "raw_nflverse.players"


class _CapOptions(BaseModel):
    season: Annotated[int | None, Mark.NAMES_RUN] = Field(
        None,
        examples=[2024],
        ge=1920,
        le=2100,
        description="Current cap season. Empty = that of the snapshot date (it begins in "
        "mid-February), or the nearest one with contracts.",
    )
    cut: list[str] = Field(
        default_factory=list,
        examples=["Krelulo Bramblemug"],
        description="Players to cut together, by id or name. Empty = of each franchise the one "
        "whose cut frees most this season.",
    )
    extend: list[ExtensionOrder] = Field(
        default_factory=list,
        description="Contracts to extend. Empty = the most expensive expiring one per franchise.",
    )
    trade: list[TradeOrder] = Field(
        default_factory=list,
        description="Contracts and cap dollars that go over. Empty = the franchise with least "
        "room sends its costliest contract that fits to the one with most.",
    )


class CapScenarioParams(ProductParams, _CapOptions, LeagueChoice):
    """Parameters of `analytics/cap-scenarios`; without any, each scenario has a default."""

    @field_validator("league")
    @classmethod
    def _has_a_cap(cls, value: str) -> str:
        if load_profile(value).cap is None:
            capped = [name for name in profile_names() if load_profile(name).cap]
            raise ValueError(
                f"league {value} has no cap rules (docs/cap.md shows them); leagues with a cap: "
                + (", ".join(capped) or "none")
            )
        return value

    @property
    def timezone(self) -> str:
        return self.profile.timezone


def _under_contract(params: CapScenarioParams) -> tuple[str, list[Any]]:
    held = "SELECT player_id FROM raw_league.contracts WHERE league = ?"
    return f"gsis_id IN ({held})", [params.league]


def _check_contracts(
    con: "duckdb.DuckDBPyConnection", params: CapScenarioParams
) -> "list[CheckResult]":
    from ff_analytics.domains.fantasy.cap.checks import cap_checks

    return cap_checks(con, params.profile)


def compute(
    frames: "Mapping[str, pl.DataFrame]", params: CapScenarioParams, context: RunContext
) -> "pl.DataFrame":
    """Frames by mart name in, one row per scenario, franchise and year out."""
    import polars as pl

    from ff_analytics.domains.fantasy.cap.scenarios import scenarios
    from ff_analytics.domains.fantasy.cap.tables import frame_of, loaded_book
    from ff_analytics.domains.fantasy.products.cap_scenarios.contract import CapScenario

    profile = LeagueProfile.model_validate_json(frames[PROFILES]["json"].item())
    book = loaded_book(
        frames[CONTRACTS],
        frames[CHARGES],
        frames[ROSTERS],
        profile,
        params.season,
        context.snapshot_date,
    )
    names = dict(frames[PLAYERS].select("gsis_id", "display_name").iter_rows())
    found = scenarios(book, cut=params.cut, extend=params.extend, trade=params.trade, names=names)
    return (
        frame_of(found)
        .select(
            pl.lit(profile.name).alias("league"),
            pl.all(),
            pl.lit(context.snapshot_date).alias("snapshot_date"),
            pl.lit(context.snapshot, dtype=pl.Int64).alias("input_snapshot_id"),
        )
        .select(CapScenario.column_names())
    )


def _report(frame: "pl.DataFrame", run: Any) -> str:
    from ff_analytics.domains.fantasy.products.cap_scenarios.report import of_run

    return of_run(frame, run)


def _answer(frame: "pl.DataFrame", params: Any) -> "pl.DataFrame | None":
    """Cap room after the moves that were asked about, of the franchises that make them."""
    import polars as pl

    given = {"cut": params.cut, "extension": params.extend, "trade": params.trade}
    asked = [scenario for scenario, moves in given.items() if moves]
    if not asked:
        return None
    moved = frame.filter(pl.col("scenario_name").is_in(asked), pl.col("moves").fill_null("") != "")
    return moved.sort("scenario_name", "franchise", "projection_year")


PRODUCT = Product(
    name="cap-scenarios",
    title="Cap scenarios",
    description="Cap room of every franchise over the coming seasons: as it stands, after cuts, "
    "after extensions, after a trade.",
    output="cap_scenarios",
    params=CapScenarioParams,
    inputs=(
        MartInput(
            mart=CONTRACTS,
            columns=("player_id", "franchise", "season", "salary", "contract_type"),
            upstream=("raw_league.contracts", "raw_league.rosters"),
            decided_by=("raw_league.contracts",),
            where=of_the_league,
        ),
        MartInput(
            mart=CHARGES,
            columns=("franchise", "season", "kind", "dollars"),
            upstream=("raw_league.cap_charges",),
            where=of_the_league,
            allow_empty=True,
        ),
        # Franchises without a contract have cap room too.
        MartInput(mart=ROSTERS, columns=("franchise",), where=of_the_league, allow_empty=True),
        # Names only, so statistics need not be fresh, and not loaded at all.
        MartInput(
            mart=PLAYERS,
            columns=("gsis_id", "display_name", "position"),
            where=_under_contract,
            allow_empty=True,
        ),
        PROFILE_INPUT,
    ),
    contract_path="ff_analytics.domains.fantasy.products.cap_scenarios.contract:CapScenario",
    dbt_models="mrt_cap_scenarios",
    compute=compute,
    prepare=sync_leagues_first,
    renamed={"league_profile": "league"},
    scope=Scope("league", ("league",), lambda p: [p.league]),
    report=_report,
    checks=(_check_contracts,),
    answer=_answer,
    top=(
        "franchise",
        "projection_year",
        "scenario_name",
        "active_obligations",
        "dead_cap_obligations",
        "traded_cap_net",
        "available_cap_space",
        "change_from_baseline",
        "moves",
    ),
    sort_by="change_from_baseline",
    label="franchise",
)
