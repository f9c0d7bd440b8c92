"""Plain words for the methods of a valuation; those for its columns stand in the contract."""

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


def explain(words: dict[str, str], key: str | None) -> str | None:
    """The sentence for a method, or the bare name where we have no sentence."""
    if not key:
        return None
    return words.get("".join(c for c in key.lower() if c.isalpha()), key)
