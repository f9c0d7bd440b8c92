"""Sentences of the method section."""

WEIGHTED = (
    (
        "weight_vor",
        "Next season",
        "points above the last starter that next season is expected to bring",
    ),
    ("weight_economics", "Economics", "dollars that the contract saves against an auction price"),
    ("weight_age", "Age", "discounted value of the seasons after the next"),
    ("weight_scarcity", "Scarcity", "value over the best free agent at the position"),
    ("weight_variance", "Variance", "value left if every season ends at its lower quartile"),
    ("weight_market", "Market", "trade value on the market"),
)

METHOD = (
    (
        "Dynasty value",
        "Sum over the projected seasons of discount^(h-1) × games × E[max(0, points per game - "  # noqa: RUF001
        "replacement)]. The maximum is the option: a player below replacement is benched. The "
        "expectation runs over the projection's range, so a wide range on the bench has a price.",
    ),
    (
        "Presets",
        "A contender discounts a year by 25 %, balanced by 20 %, a rebuilder by 15 %. Survival is "
        "in the expected games, so it is not discounted twice.",
    ),
    (
        "Small samples",
        "A forecast that rests less than half on the player's own record is reduced in proportion. "
        "Rookies rest on their draft slot and count in full.",
    ),
    (
        "Score",
        "Each component is a share of the best asset's; the score is their weighted mean times "
        "10,000. A component that is not known leaves its weight to the others.",
    ),
    (
        "Draft picks",
        "A curve over the slots, fitted on the classes of 1999 to 2015: mostly what picks "
        "returned, in part what hindsight would have got. Later drafts are known by round only.",
    ),
    (
        "Packages",
        "Add up the column Package on both sides of a trade; the larger sum wins. It raises a "
        "piece by 10 % to 40 %, the more the nearer it is to the best asset, and takes off what a "
        "roster spot costs: the value of the best free agent.",
    ),
    (
        "Market gap",
        "Our order gets the market's distribution (quantile mapping); only then are the two "
        "subtracted, and compared with the errors of both. Strong: more than 25 % and one "
        "standard deviation. Buy and sell: more than 10 % and half of one.",
    ),
)
