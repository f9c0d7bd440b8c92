"""Sections of the dynasty page: assets, age, presets, picks, trades."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from ff_analytics.domains.fantasy.products.dynasty_value.report import words
from ff_analytics.domains.fantasy.products.dynasty_value.report.data import Asset, Ledger
from ff_analytics.domains.fantasy.report.no_market import no_market
from ff_analytics.engine.base.contracts.columns import words_at
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, signed, whole
from ff_analytics.engine.report.scatter import scatter
from ff_analytics.engine.report.svg import Scale

TOP = 25
LISTED = 10
FIRST = 300
CONTRACT = "ff_analytics.domains.fantasy.products.dynasty_value.contract:DynastyValue"
# Who is worth less than this share of the best asset only hides the others in a chart of dots.
DOTS = 0.02
BUY, SELL = ("STRONG_BUY", "BUY"), ("STRONG_SELL", "SELL")


def top(ledger: Ledger) -> Section:
    """The best assets with their score as bars."""
    first = ledger.assets[:TOP]
    scale = Scale(0.0, 10_000.0)
    rows = [(asset, charts.bar(scale, asset.dynasty_value_score, _tip(asset))) for asset in first]
    body = fragment("dynasty_value/top.html.j2", rows=rows, axis=charts.axis(scale, whole))
    lead = (
        "Score from 0 to 10,000: next season, contract, later seasons, scarcity, certainty and "
        "market, each as a share of the best. Dynasty is the dynasty value: points above "
        "replacement, discounted."
    )
    return Section("top", f"The {len(first)} best assets", body, lead, "Assets")


def _tip(asset: Asset) -> str:
    return (
        f"{asset.player_name}: next season {number(asset.next_season_value)}, later "
        f"{number(asset.later_seasons_value)} points above replacement"
    )


def ages(ledger: Ledger) -> Section:
    """Value by age, one panel per position over the faint dots of the others."""
    best = max((player.dynasty_value for player in ledger.players), default=0.0)
    seen = [p for p in ledger.players if p.age is not None and p.dynasty_value >= DOTS * best]
    if not seen:
        return absent(
            "age",
            "Value by age",
            "No player has a birth date, so there is nothing to draw.",
            "ff ingest nflverse",
        )
    years = [player.age or 0.0 for player in seen]
    across, up = Scale(min(years) - 0.5, max(years) + 0.5), Scale.covering([best])
    panels = []
    for group in ledger.groups:
        mine = [p for p in seen if p.position == group.name]
        if not mine:
            # Team defences have no age.
            continue
        dots = [
            (p.age or 0.0, p.dynasty_value, f"{p.player_name}, {number(p.age)}: {_points(p)}")
            for p in mine
        ]
        others = [(p.age or 0.0, p.dynasty_value) for p in seen if p.position != group.name]
        label = f"Dynasty value by age, {group.title}: {len(mine)} players."
        panels.append((group, len(mine), scatter(dots, others, across, up, label)))
    body = fragment("dynasty_value/ages.html.j2", panels=panels)
    lead = (
        "One dot per player, age from left to right, dynasty value in points upwards. Each panel "
        "lights up one position; all share the same scales."
    )
    return Section("age", "Value by age and position", body, lead, "Age")


def _points(asset: Asset) -> str:
    return f"{number(asset.dynasty_value)} points"


def presets(ledger: Ledger) -> Section:
    """Who moves most between a contender's and a rebuilder's list."""
    now, later = (
        {a.player_id: rank for rank, a in enumerate(_by(ledger.assets, column), 1)}
        for column in ("score_contender", "score_rebuilder")
    )

    def move(asset: Asset) -> int:
        return now[asset.player_id] - later[asset.player_id]

    pool = ledger.assets[: 6 * TOP]
    win = [a for a in sorted(pool, key=lambda a: (move(a), a.overall_rank)) if move(a) < 0]
    build = [a for a in sorted(pool, key=lambda a: (-move(a), a.overall_rank)) if move(a) > 0]

    def rows(assets: Iterable[Asset]) -> list[tuple[Asset, int, int]]:
        return [(a, now[a.player_id], later[a.player_id]) for a in assets]

    body = fragment(
        "dynasty_value/presets.html.j2",
        groups=[
            ("Worth more to a contender", rows(win[:LISTED])),
            ("Worth more to a rebuilder", rows(build[:LISTED])),
        ],
    )
    lead = (
        f"Ranks of the first {len(pool)} assets with 25 % and with 15 % discount per year. Who "
        "wins now should get the left ones, who builds the right ones; a trade between them suits "
        "both."
    )
    return Section("presets", "Contender and rebuilder", body, lead, "Presets")


def _by(assets: Sequence[Asset], column: str) -> list[Asset]:
    return sorted(assets, key=lambda a: (-getattr(a, column), a.overall_rank))


def picks(ledger: Ledger) -> Section:
    """Value of every pick of the next draft by round and slot, and of later rounds."""
    if not ledger.picks:
        return absent(
            "picks",
            "Draft picks",
            "No picks were valued: pick_rounds was 0.",
            "ff run dynasty-value",
        )
    best = max(pick.dynasty_value for pick in ledger.picks) or 1.0
    grid: dict[str, dict[str, tuple[Asset, float]]] = {}
    later: list[Asset] = []
    for pick in ledger.picks:
        _, round_, *slot = pick.player_id.removeprefix("PICK-").split("-")
        if slot:
            grid.setdefault(slot[0], {})[round_] = (pick, pick.dynasty_value / best)
        else:
            later.append(pick)
    rounds = sorted({round_ for row in grid.values() for round_ in row})
    scale = Scale.covering(pick.dynasty_value for pick in later)
    body = fragment(
        "dynasty_value/picks.html.j2",
        season=ledger.picks[0].player_name.partition(" ")[0],
        rounds=rounds,
        grid=[(int(slot), [row.get(r) for r in rounds]) for slot, row in sorted(grid.items())],
        later=[(pick, charts.bar(scale, pick.dynasty_value)) for pick in later],
        axis=charts.axis(scale, whole),
    )
    lead = "Points above replacement over five seasons, discounted; the tint compares picks."
    return Section("picks", "Draft picks", body, lead, "Picks")


def trades(ledger: Ledger) -> Section:
    """Whom to buy and whom to sell."""
    compared = [player for player in ledger.players if player.trade_band]
    if not compared:
        matched = sum(player.market_value is not None for player in ledger.players)
        return no_market("trades", "Trade targets", matched)
    buy = sorted((p for p in compared if p.trade_band in BUY), key=_strength)[:LISTED]
    sell = sorted((p for p in compared if p.trade_band in SELL), key=_strength)[:LISTED]
    body = fragment(
        "dynasty_value/trades.html.j2",
        groups=[("Buy", "we value higher", *_bars(buy)), ("Sell", "the market does", *_bars(sell))],
    )
    hold = sum(p.trade_band == "HOLD" for p in compared)
    lead = (
        f"The dynasty value against the market's, both on the market's scale, for {len(compared)} "
        f"players. For {hold} of them the gap is within the noise: hold."
    )
    return Section("trades", "Trade targets", body, lead, "Trades")


def _strength(player: Asset) -> tuple[bool, float]:
    """Strong bands first, then by what is at stake in market points."""
    weak = not (player.trade_band or "").startswith("STRONG")
    return weak, -abs(player.market_delta or 0.0)


def _bars(players: Sequence[Asset]) -> tuple[Markup, list[tuple[Asset, Markup]]]:
    """Axis and rows: the open dot is the market, the filled one is ours."""
    values = [value or 0.0 for p in players for value in (p.market_value, p.on_market)]
    scale = Scale.covering(values, steps=2)
    rows = [
        (
            p,
            charts.dumbbell(
                scale,
                p.market_value or 0.0,
                p.on_market or 0.0,
                f"{p.player_name}: market {whole(p.market_value)}, ours {whole(p.on_market)}, "
                f"{signed(p.market_gap_z, 1)} standard deviations",
            ),
        )
        for p in players
    ]
    return charts.axis(scale, lambda value: f"{value / 1000:g}k"), rows


def everyone(ledger: Ledger, meta: ReportMeta) -> Section:
    """The sortable table of every asset."""
    assets = ledger.assets
    body = fragment(
        "dynasty_value/table.html.j2",
        words=words_at(CONTRACT),
        assets=assets,
        first=FIRST if len(assets) > FIRST else 0,
        franchises=ledger.known("franchise") > 0,
        markets=ledger.known("market_value") > 0,
        positions=[group.name for group in ledger.groups] + (["PICK"] if ledger.picks else []),
    )
    where = f" Every row and column is in {meta.parquet_path}." if meta.parquet_path else ""
    return Section(
        "all", "All assets", body, f"All {whole(len(assets))} assets, by score.{where}", "Table"
    )


def method(meta: ReportMeta, weights: dict[str, float]) -> Section:
    """How the numbers were made."""
    parts = [(name, weights[key], text) for key, name, text in words.WEIGHTED if key in weights]
    body = fragment("dynasty_value/method.html.j2", method=words.METHOD, parts=parts, meta=meta)
    return Section("method", "Method", body, nav="Method")
