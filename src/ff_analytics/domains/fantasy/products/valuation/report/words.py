"""Plain words for the methods and columns of a valuation."""

# Keys are compared by their letters only: `man-games` finds `mangames`, `trailing_17` `trailing`.
BASELINES = {
    "vols": "Value over the last starter (VOLS): the replacement is the last player whom the "
    "league starts at the position, dedicated and flex slots filled.",
    "vorp": "Value over the waiver wire (VORP): the replacement is the best player left when "
    "every roster is full.",
    "mangames": "Man-games: the replacement is the last player whom the league needs to fill "
    "every starting slot in every week, since starters miss games.",
    "topn": "Top N: the replacement is the last player of the position among the first N of a "
    "draft.",
    "blend": "Blend: the replacement stands between the last starter (VOLS) and the last player "
    "needed to fill every starting week (man-games).",
}
BASES = {
    "season": "Points that players scored in the weeks of the season shown, so far.",
    "trailing": "Points that players scored in the last weeks up to the end of the season shown, "
    "across seasons.",
    "projections": "Points projected for the season shown.",
}

METHOD = (
    (
        "Replacement",
        "The player whom anyone could have instead. Starting slots are filled with the best "
        "players, flex slots included; the method above says who stands at the border.",
    ),
    (
        "Value over replacement (VOR)",
        "Points less the points of the replacement at the same position. It makes "
        "positions comparable: many points are worth little where all teams have them.",
    ),
    (
        "Wins above replacement (WAR)",
        "How many more weeks an average team wins with the player in place of the replacement, if "
        "team scores are normally distributed. A week missed counts zero.",
    ),
    (
        "Auction price",
        "Every roster place costs the minimum bid; the rest of the league's money follows points "
        "above the waiver wire, so a bench player has a price too. Prices are whole dollars and "
        "sum to the money in the league.",
    ),
    (
        "Tier",
        "Players who cannot be distinguished: their points differ by less than the weekly luck "
        "of a usual starter.",
    ),
    (
        "Weekly range",
        "P10, P50 and P90 of points in a week played: one week in ten is worse than P10, one in "
        "ten better than P90.",
    ),
)

# Column of the output: unit and meaning.
COLUMNS: dict[str, tuple[str, str]] = {
    "player_id": ("text", "identifier of the player, as nflverse gives it"),
    "league": ("text", "league whose scoring and slots were used"),
    "snapshot_date": ("date", "day of the valuation in the league's timezone"),
    "season": ("year", "season that is valued"),
    "basis": ("text", "where the points come from"),
    "baseline_method": ("text", "method that sets the replacement"),
    "player_name": ("text", "name as nflverse shows it"),
    "position": ("text", "fantasy position"),
    "team": ("text", "NFL team; empty if unknown"),
    "franchise": ("text", "fantasy team that holds the contract; empty for free agents"),
    "age": ("years", "age in the season valued; empty without a birth date"),
    "games": ("games", "games with a chance to score"),
    "total_points": ("points", "points that the value is computed from"),
    "points_per_game": ("points a game", "points per game"),
    "position_rank": ("rank", "rank by points within the position, 1 is best"),
    "overall_rank": ("rank", "rank by value over all positions, 1 is best"),
    "replacement_rank": ("rank", "position rank of the replacement"),
    "replacement_level": ("points a game", "points per game of the replacement"),
    "replacement_points": ("points", "points of the replacement"),
    "vor": ("points", "points less those of the replacement"),
    "vorp": ("points", "points above the waiver wire; auction prices follow it"),
    "war": ("wins", "wins above those with the replacement"),
    "scarcity_dropoff": ("points", "points less the mean of the next players below"),
    "vor_slope": ("points a rank", "points that each further rank costs: zero or negative"),
    "positional_scarcity_adjustment": (
        "factor",
        "lead of the position's starters over replacement against that of all positions; 1 is "
        "average; it describes and multiplies nothing",
    ),
    "auction_value": ("dollars", "price; all prices sum to the money in the league"),
    "tier": ("number", "tier within the position by drop-off, 1 is best"),
    "tier_mixture": ("number", "tier by a Gaussian mixture; empty where it was not fitted"),
    "p10": ("points a week", "floor: one week in ten is worse"),
    "p50": ("points a week", "middle week"),
    "p90": ("points a week", "ceiling: one week in ten is better"),
    "salary": ("dollars", "salary of the season, or of the next one; empty for free agents"),
    "contract_efficiency_dollar_per_war": ("dollars a win", "salary per win above replacement"),
    "ageing_value": (
        "points",
        "points above replacement of the next three seasons by age curves alone, later ones "
        "counting less; not the dynasty value, which rests on projections; empty "
        "without an age and for positions whose ageing is not known",
    ),
    "market_value": ("index", "value by the market source"),
    "market_gap_pct": (
        "share",
        "ageing value on the market's scale less the market's, by the market's: 0.1 is 10 %",
    ),
    "market_gap_z": ("standard deviations", "the same gap against its usual noise"),
    "model_version": ("text", "version of the method"),
    "input_snapshot_id": ("number", "lake snapshot that was read"),
}


def explain(words: dict[str, str], key: str | None) -> str | None:
    """The sentence for a method, or the bare name where we have no sentence."""
    if not key:
        return None
    return words.get("".join(c for c in key.lower() if c.isalpha()), key)
