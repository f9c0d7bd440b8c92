"""A believable valuation frame, made without the pipeline: same shapes, invented names."""

import random
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from ff_analytics.engine.report.meta import ReportMeta

# Position: (players, points at rank 1, share of those points at replacement, replacement rank).
SHAPES = {
    "QB": (48, 400.0, 0.66, 13),
    "RB": (130, 350.0, 0.40, 31),
    "WR": (180, 330.0, 0.45, 37),
    "TE": (90, 255.0, 0.52, 14),
    "K": (34, 170.0, 0.76, 13),
    "DST": (32, 165.0, 0.62, 13),
    "DL": (100, 190.0, 0.53, 27),
    "LB": (96, 215.0, 0.62, 29),
    "DB": (110, 195.0, 0.63, 28),
}
TEAMS, BUDGET = 12, 250
FIRST = ("Abe", "Bo", "Cal", "Dirk", "Emeka", "Finn", "Gus", "Hal", "Ivo", "Jory", "Kaz", "Lio")
LAST = ("Ashgrove", "Bramble", "Cobblestone", "Driftwood", "Foxglove", "Gale", "Heatherby")


def valuation(positions: tuple[str, ...] = tuple(SHAPES), seed: int = 7) -> pl.DataFrame:
    """Players of `positions` with every column of the contract, ranked and priced."""
    rng = random.Random(seed)
    rows = [row for position in positions for row in _position(position, rng)]
    rows.sort(key=lambda row: -row["vor"])
    for rank, row in enumerate(rows, 1):
        row["overall_rank"] = rank
    _price(rows)
    _contracts(rows, rng)
    return pl.DataFrame(rows, infer_schema_length=None)


def _position(position: str, rng: random.Random) -> list[dict[str, Any]]:
    count, best, fraction, replacement = SHAPES[position]
    falls = (fraction ** ((i / (replacement - 1)) ** 0.8) for i in range(count))
    points = sorted((best * fall * rng.gauss(1, 0.03) for fall in falls), reverse=True)
    border = points[replacement - 1]
    return [
        _player(position, rank, value, border, points, rng) for rank, value in enumerate(points, 1)
    ]


def _player(
    position: str, rank: int, value: float, border: float, points: list[float], rng: random.Random
) -> dict[str, Any]:
    ppg = value / 16
    below = points[rank : rank + 5]
    return {
        "player_id": f"{position}-{rank:04d}",
        "league": "dynasty_half_ppr",
        "snapshot_date": date(2026, 3, 1),
        "season": 2025,
        "basis": "season",
        "baseline_method": "vols",
        "player_name": f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        "position": position,
        "team": rng.choice(["KC", "GB", "LV", "SEA", "NE", "TB"]),
        "franchise": None,
        "age": rng.uniform(21, 34),
        "games": 16,
        "total_points": value,
        "points_per_game": ppg,
        "position_rank": rank,
        "replacement_rank": SHAPES[position][3],
        "replacement_level": border / 16,
        "replacement_points": border,
        "vor": value - border,
        "vorp": value - border + 20,
        "war": (value - border) / 85,
        "scarcity_dropoff": value - sum(below) / len(below) if below else None,
        "vor_slope": 4.0,
        "positional_scarcity_adjustment": 1.1,
        "tier": 1 + rank // 5,
        "tier_mixture": None,
        "p10": ppg * 0.4,
        "p50": ppg * 0.95,
        "p90": ppg * 1.7,
        "model_version": "1",
        "input_snapshot_id": 42,
    }


def _price(rows: list[dict[str, Any]]) -> None:
    """Largest remainder over value, so that the prices sum to the money in the league."""
    money = TEAMS * BUDGET
    weights = [max(0.0, row["vor"]) for row in rows]
    exact = [money * weight / (sum(weights) or 1) for weight in weights]
    for row, price in zip(rows, exact, strict=True):
        row["auction_value"] = int(price)
    rest = money - sum(int(price) for price in exact)
    for index in sorted(range(len(rows)), key=lambda i: int(exact[i]) - exact[i])[:rest]:
        rows[index]["auction_value"] += 1


def _contracts(rows: list[dict[str, Any]], rng: random.Random) -> None:
    for i, row in enumerate(rows):
        held, known = i < 260, i < 220
        salary = (
            float(max(1, round(row["auction_value"] * rng.uniform(0.3, 1.6)))) if held else None
        )
        market = 9000.0 * 0.985**i * rng.uniform(0.7, 1.4)
        ours = 9000.0 * 0.985**i
        row |= {
            "franchise": f"Franchise {1 + i % TEAMS}" if held else None,
            "salary": salary,
            "contract_efficiency_dollar_per_war": salary / max(0.1, row["war"]) if salary else None,
            "ageing_value": ours / 30,
            "market_value": market if known else None,
            "market_gap_pct": (ours - market) / market if known else None,
            "market_gap_z": (ours - market) / 900 if known else None,
        }


def meta(**changes: Any) -> ReportMeta:
    facts = {
        "title": "What every player is worth",
        "product": "analytics/valuation",
        "league": "dynasty_half_ppr",
        "season": 2025,
        "snapshot_date": date(2026, 3, 1),
        "lake_snapshot": 42,
        "run_id": "3f1c8a52-7c55-4a35-9a0e-0d7c3b1f9e11",
        "generated_at": datetime(2026, 3, 1, 13, 5, tzinfo=UTC),
        "code_version": "0.1.0+abc1234",
        "baseline": "vols",
        "basis": "season",
        "scoring": ("passes caught = 0.5", "yards passed = 0.04"),
        "slots": ("1 QB", "2 RB", "2 WR", "1 TE", "1 flex"),
        "teams": TEAMS,
        "budget": BUDGET,
        "parquet_path": "data/analytics/player_valuation/latest.parquet",
        "reproduce": "ff run valuation --as-of 42",
    }
    return ReportMeta.model_validate(facts | changes)
