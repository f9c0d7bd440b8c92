"""A small lake for the app: twelve invented players over two days, a cap, weeks, channels.

Every text that a provider or a league could choose carries `mark`, so that a test can look for
it in a page: escaped, or not.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.domains.fantasy.products.dynasty_value.contract import DynastyValue
from ff_analytics.domains.fantasy.products.projections.contract import MultiYearProjection
from ff_analytics.domains.fantasy.products.valuation.contract import PlayerValuation
from ff_analytics.domains.marketing.products.channel_performance.contract import ChannelPerformance
from ff_analytics.engine import lake
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake import ops

if TYPE_CHECKING:
    import dataframely as dy

LEAGUE = "dynasty_half_ppr"
DAYS = (date(2026, 11, 20), date(2026, 11, 27))
POSITIONS = ("QB", "RB", "WR", "TE")
PLAYERS = 12


def _blank(kind: pl.DataType) -> Any:
    if kind == pl.String:
        return "x"
    if kind == pl.Date:
        return DAYS[-1]
    if kind == pl.Boolean:
        return False
    return 1


def rows_of(contract: "type[dy.Schema]", rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows in the contract's columns and types; what a row leaves out is filled plainly."""
    schema = contract.create_empty().schema
    filled = [{c: row.get(c, _blank(kind)) for c, kind in schema.items()} for row in rows]
    return pl.DataFrame(filled, infer_schema_length=None).select(
        pl.col(c).cast(kind) for c, kind in schema.items()
    )


def _players(mark: str) -> list[dict[str, Any]]:
    return [
        {
            "player_id": f"SMP-{n:05}",
            "player_name": f"Vexo Wobble{n}{mark}",
            "position": POSITIONS[n % 4],
            "team": f"AX{n % 3}{mark}",
            "franchise": f"Bog {'Goblins' if n % 2 else 'Otters'}{mark}" if n < 10 else None,
            "age": 21.0 + n,
            "overall_rank": n + 1,
            "position_rank": n // 4 + 1,
            "league": LEAGUE,
            "season": 2025,
            "base_season": 2025,
            "basis": "season",
        }
        for n in range(PLAYERS)
    ]


def _values(mark: str) -> dict[str, pl.DataFrame]:
    players = _players(mark)
    value, dynasty, ahead = [], [], []
    for step, day in enumerate(DAYS):
        for n, player in enumerate(players):
            row = player | {"snapshot_date": day}
            vor = 100.0 - 9 * n + step * (n - 4)
            value.append(row | {"vor": vor, "p10": 4.0, "p50": 9.0, "p90": 15.5, "salary": 5.0 + n})
            dynasty.append(
                row | {"asset_type": "player", "dynasty_value": 2 * abs(vor), "trade_band": "HOLD"}
            )
            for horizon in (1, 2, 3):
                ahead.append(
                    row
                    | {
                        "base_season": 2025,
                        "projection_season": 2025 + horizon,
                        "horizon": horizon,
                        "points_per_game": 12.5 - horizon,
                        "points_per_game_p10": 5.0,
                        "points_per_game_p50": 11.0,
                        "points_per_game_p90": 19.0,
                        "games_share": 0.8,
                        "survival": 0.9,
                    }
                )
    return {
        "analytics.mrt_player_valuation": rows_of(PlayerValuation, value),
        "analytics.mrt_dynasty_value_composite": rows_of(DynastyValue, dynasty),
        "analytics.mrt_multi_year_projections": rows_of(MultiYearProjection, ahead),
    }


def _channels(mark: str) -> pl.DataFrame:
    first = date(2026, 10, 1)
    return rows_of(
        ChannelPerformance,
        [
            {
                "tenant": f"shop{mark}",
                "date": first + timedelta(days=n),
                "channel": f"{channel}{mark}",
                "currency": "USD",
                "spend": 100 + n,
                "revenue": 300 + 2 * n,
                "roas": 3.0,
                "anomaly": f"revenue dropped{mark}" if n == 30 else None,
                "snapshot_date": DAYS[-1],
            }
            for channel in ("meta-ads", "google-ads", "total")
            for n in range(58)
        ],
    )


def _books(mark: str) -> dict[str, pl.DataFrame]:
    held = [p for p in _players(mark) if p["franchise"]]
    names = ("league", "player_id", "franchise")
    owned = [{name: p[name] for name in names} for p in held]
    contracts = [
        row | {"season": season, "salary": 4.0 + n, "contract_type": "faad"}
        for n, row in enumerate(owned)
        for season in (2026, 2027)
    ]
    weeks = [
        {
            **{"league": LEAGUE, "player_id": p["player_id"], "season": 2025, "week": week},
            **{"season_type": "REG", "opponent_team": f"ZZ{mark}", "games_played": 1},
            "fantasy_points": 5.0 + week,
        }
        for p in _players(mark)
        for week in range(1, 9)
    ]
    charges = {"season": 2026, "kind": "dead", "entry": "cut 1", "dollars": 7.0}
    profile = load_profile(LEAGUE)
    return {
        "raw_league.rosters": pl.DataFrame([r | {"slot": "active"} for r in owned]),
        "raw_league.profiles": pl.DataFrame(
            [{"league": LEAGUE, "json": profile.model_dump_json()}]
        ),
        "marts.mrt_contract_current": pl.DataFrame(contracts),
        "marts.mrt_cap_charge_current": pl.DataFrame(
            [{"league": LEAGUE, "franchise": owned[0]["franchise"]} | charges]
        ),
        "marts.mrt_fantasy_actuals_weekly": pl.DataFrame(weeks),
        "marts.mrt_market_value_current": pl.DataFrame(
            [{"format": "1qb", "player_id": "SMP-00000", "value": 900.0}]
        ).with_columns(valued_on=pl.lit(DAYS[-1]), provider=pl.lit(f"market{mark}")),
    }


def stock(settings: Settings, mark: str = "") -> None:
    """Put everything into the lake of these settings, in one commit."""
    frames = _values(mark) | _books(mark)
    frames["analytics.mrt_channel_performance"] = _channels(mark)
    frames["core.odd"] = pl.DataFrame({f"odd{mark}": [f"=1+1{mark}"]})

    def work(con: duckdb.DuckDBPyConnection) -> None:
        ops.ensure_tables(con)
        for table, frame in frames.items():
            con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.partition('.')[0]}")
            con.register("made", frame.to_arrow())
            con.execute(f"CREATE TABLE {table} AS FROM made")
            con.unregister("made")
        now = datetime.now(UTC)
        ops.append(
            con,
            "ops.ingest_runs",
            run_id="run-1",
            source="sleeper",
            dataset="rosters",
            table_name="raw_league.rosters",
            origin="sleeper",
            part=f"part{mark}",
            started_at=now,
            finished_at=now,
            rows_fetched=10,
            rows_new=10,
            warnings="[]",
        )
        ops.append(
            con,
            "ops.check_results",
            run_id="run-2",
            product="valuation",
            check_name="volume",
            subject="raw_league.rosters",
            status="warn",
            observed=f"10 rows{mark}",
            expected="about 300",
            checked_at=now,
        )

    lake.commit(lake.Provenance(author="test", message=f"stock{mark}"), work, settings=settings)
    folder = settings.quarantine_dir / "sleeper" / "rosters"
    folder.mkdir(parents=True)
    refused = pl.DataFrame({"_reason": [f"no franchise{mark}"]})
    refused.write_parquet(folder / "run-1.parquet")
