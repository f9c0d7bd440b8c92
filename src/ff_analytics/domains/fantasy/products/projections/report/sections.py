"""Sections of the projection report."""

from ff_analytics.domains.fantasy.products.projections.report.data import Outlook, Player
from ff_analytics.domains.fantasy.report.positions import css, title
from ff_analytics.engine.base.contracts.columns import words_at
from ff_analytics.engine.report import charts
from ff_analytics.engine.report.fragments import Section, absent, fragment
from ff_analytics.engine.report.meta import ReportMeta
from ff_analytics.engine.report.numbers import number, percent, whole
from ff_analytics.engine.report.svg import Scale

TOP = 25
RANGES = 10
YEARS = 25
ROOKIES = 20
# As many as twelve rosters hold; more rows would only add unowned players.
FIRST = 300
CONTRACT = "ff_analytics.domains.fantasy.products.projections.contract:MultiYearProjection"

METHOD = (
    (
        "Points per game",
        "Three seasons are weighted and regressed to the mean of the position (Marcel, T. Tango "
        "2003). A robust ridge regression then corrects that for age, usage, draft slot and "
        "experience. It is fitted on all seasons before, per position; each further season starts "
        "from the one before, a year older. Where a ranking from before the season is loaded, a "
        "second fit corrects the next season by it, and the later ones in part.",
    ),
    (
        "Games",
        "The expected share of games is what became of players of that rank, age and number of "
        "games; whoever vanished counts as 0. Survival is the chance of at least one game.",
    ),
    (
        "Ranges",
        "One season's mean in ten is below P10, one above P90, among those who play: quantiles of "
        "the errors of the past, widened or narrowed until they held season after season.",
    ),
    (
        "New players",
        "Who was drafted and has not played is expected to do what those drafted near him did.",
    ),
    (
        "What this cannot know",
        "History alone does not beat the average draft position before a season at one year: the "
        "market knows of injuries, trades and training camps. What it adds is the years after, "
        "this league's scoring, and ranges that held in the past. The back-test "
        "(backtest/weekly) has the figures.",
    ),
)


def next_season(outlook: Outlook) -> Section:
    """The first players by points next season, as bars."""
    players = outlook.players[:TOP]
    scale = Scale.covering(player.next.total for player in players)
    rows = [(i, p, charts.bar(scale, p.next.total, _tip(p))) for i, p in enumerate(players, 1)]
    body = fragment("projections/next.html.j2", rows=rows, axis=charts.axis(scale, whole))
    season = outlook.base_season + 1
    lead = "Points per game times the games he can be expected to play."
    return Section("next", f"Most points in {season}", body, lead, "Next season")


def _tip(player: Player) -> str:
    season = player.next
    return (
        f"{player.player_name}: {number(season.per_game)} a game, {percent(season.share)} of the "
        f"games, P10 {number(season.low)} to P90 {number(season.high)}"
    )


def ranges(outlook: Outlook) -> Section:
    """Points per game next season, P10 to P90, by position."""
    panels = []
    scale = Scale.covering(p.next.high for p in outlook.players[:TOP])
    for position in outlook.positions:
        mine = [p for p in outlook.players if p.position == position][:RANGES]
        rows = [
            (p, charts.whisker(scale, p.next.low, p.next.middle, p.next.high, _tip(p)))
            for p in mine
        ]
        panels.append((position, title(position), css(position), rows))
    axis = charts.axis(scale, whole)
    body = fragment("projections/ranges.html.j2", panels=panels, axis=axis)
    lead = "Band: P10 to P90 of the season's mean. Dot: the median."
    return Section("ranges", "How sure is it", body, lead, "Ranges")


def years(outlook: Outlook) -> Section:
    """Expected points of each of the five seasons, for those with most over all of them."""
    players = sorted(outlook.players, key=lambda p: -p.total)[:YEARS]
    seasons = [season.season for season in players[0].seasons]
    body = fragment("projections/years.html.j2", rows=players, seasons=seasons)
    lead = "Points fall with age and because fewer and fewer of them will still be playing."
    return Section("years", "Five seasons ahead", body, lead, "Five seasons")


def rookies(outlook: Outlook) -> Section:
    """Players expected by their draft slot."""
    new = [player for player in outlook.players if player.evidence == "draft slot"][:ROOKIES]
    if not new:
        reason = "The players file has no drafted player without a game."
        return absent("rookies", "New players", reason)
    body = fragment("projections/rookies.html.j2", rows=new)
    lead = "By draft slot alone: a wide prior until they have played."
    return Section("rookies", "New players", body, lead, "New players")


def everyone(outlook: Outlook, meta: ReportMeta) -> Section:
    """The sortable table of next season."""
    players = outlook.players
    where = f" Every row and season is in {meta.parquet_path}." if meta.parquet_path else ""
    first = FIRST if len(players) > FIRST else 0
    body = fragment(
        "projections/table.html.j2",
        words=words_at(CONTRACT),
        rows=players,
        positions=outlook.positions,
        first=first,
    )
    return Section(
        "players", "All players", body, f"All {whole(len(players))} players.{where}", "Table"
    )


def method(outlook: Outlook, meta: ReportMeta) -> Section:
    """How the numbers were made."""
    body = fragment("projections/method.html.j2", method=METHOD, meta=meta)
    return Section("method", "Method", body)
