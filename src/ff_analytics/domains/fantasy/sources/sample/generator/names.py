"""Invented names: no sample player, team or franchise may look like a real one."""

from itertools import product

import numpy as np

TEAMS: dict[str, str] = {
    "AXO": "Axolmere",
    "BZQ": "Bazquell",
    "CYX": "Cyxhaven",
    "DRZ": "Drazdown",
    "EGZ": "Egzmont",
    "FYZ": "Fyzwick",
    "GWX": "Gwaxford",
    "HZB": "Hazbrook",
    "IQZ": "Iqzaria",
    "JXL": "Juxley",
    "KZV": "Kazvale",
    "LQX": "Laquox",
    "MZQ": "Mizquay",
    "NXT": "Nixtown",
    "OZW": "Ozwold",
    "PQZ": "Poquiz",
    "QAX": "Quaxton",
    "RZX": "Razxburg",
    "SQZ": "Squizport",
    "TXV": "Taxvale",
    "UQZ": "Uquiz Bay",
    "VXZ": "Vexzone",
    "WQX": "Waquax",
    "XAB": "Xabbing",
    "XOD": "Xodbury",
    "YQZ": "Yaquiz",
    "YVX": "Yvoxham",
    "ZAX": "Zaxton",
    "ZEQ": "Zequoia",
    "ZIV": "Zivermouth",
    "ZOQ": "Zoquette",
    "ZUX": "Zuxminster",
}
FRANCHISES = (
    "Bog Goblins",
    "Brass Otters",
    "Comet Farmers",
    "Dune Lobsters",
    "Fog Whistlers",
    "Glacier Moles",
    "Lantern Yetis",
    "Marsh Wizards",
    "Mossy Krakens",
    "Paper Rhinos",
    "Thunder Snails",
    "Velvet Badgers",
)
COLLEGES = (
    "Upper Nowhere State",
    "Mount Pretend",
    "Figment Tech",
    "Lower Mirage",
    "Cloud Harbor A&M",
    "Old Fableton",
    "Saint Gizmo",
    "Noonshade Poly",
)
_FIRST_STARTS = (
    *("Zor", "Quil", "Vex", "Blim", "Thra", "Grun", "Plov", "Snar", "Wub", "Jex"),
    *("Krel", "Drib", "Mox", "Yolp", "Xan", "Fip", "Glor", "Hux", "Nib", "Ozz"),
)
_FIRST_ENDS = (
    *("bin", "lax", "ento", "wick", "ulo", "emar", "obble", "ander", "ook", "aster"),
    *("iddo", "umple", "axo", "erwim"),
)
_LAST_STARTS = (
    *("Marrow", "Glimmer", "Thistle", "Bramble", "Cobble", "Dapple", "Fizzle", "Gristle"),
    *("Hobble", "Jumble", "Kettle", "Lumber", "Muddle", "Nettle", "Pickle", "Quiver"),
    *("Ramble", "Scuttle", "Tangle", "Umber", "Vapor", "Waffle", "Yonder", "Zigzag"),
)
_LAST_ENDS = (
    *("quist", "fen", "snout", "wump", "dingle", "boots", "whisk", "mug", "flap", "gong"),
    *("plume", "spork", "twig", "yodel", "zeppel", "crumb", "loom", "nook", "puff", "shanks"),
)


def player_names(rng: np.random.Generator, count: int) -> list[tuple[str, str]]:
    """`count` distinct pairs of first and last name."""
    firsts = [a + b for a, b in product(_FIRST_STARTS, _FIRST_ENDS)]
    lasts = [a + b for a, b in product(_LAST_STARTS, _LAST_ENDS)]
    picks = rng.choice(len(firsts) * len(lasts), size=count, replace=False)
    return [(firsts[pick // len(lasts)], lasts[pick % len(lasts)]) for pick in picks]
