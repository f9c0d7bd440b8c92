"""Names as keys: what two spellings of one player have in common."""

import polars as pl

# The 32 clubs in the codes of nflverse.
CLUBS = frozenset(
    (
        *("ARI", "ATL", "BAL", "BUF", "CAR", "CHI", "CIN", "CLE", "DAL", "DEN", "DET", "GB", "HOU"),
        *("IND", "JAX", "KC", "LA", "LAC", "LV", "MIA", "MIN", "NE", "NO", "NYG", "NYJ", "PHI"),
        *("PIT", "SEA", "SF", "TB", "TEN", "WAS"),
    )
)
# The same club in the codes of MFL, KeepTradeCut, DynastyProcess, ESPN and of its former city. The
# dbt macro `franchise_code` has the same list.
TEAM_CODES = {
    **{"GBP": "GB", "KCC": "KC", "LVR": "LV", "NEP": "NE", "NOS": "NO", "SFO": "SF", "TBB": "TB"},
    **{"JAC": "JAX", "LAR": "LA", "WSH": "WAS", "ARZ": "ARI", "BLT": "BAL", "CLV": "CLE"},
    **{"HST": "HOU", "OAK": "LV", "SD": "LAC", "SDC": "LAC", "STL": "LA", "RAM": "LA"},
}
_POSITIONS = {
    **{"FB": "RB", "HB": "RB", "PK": "K", "DEF": "DST", "D/ST": "DST", "DE": "DL", "DT": "DL"},
    **{"NT": "DL", "EDGE": "DL", "OLB": "LB", "ILB": "LB", "MLB": "LB", "CB": "DB", "S": "DB"},
    **{"SS": "DB", "FS": "DB", "SAF": "DB"},
}


def _words(name: pl.Expr) -> pl.Expr:
    """Lower case words without accents, punctuation and generation suffix."""
    # "J.Chase" is two words, "A.J." is one.
    name = name.str.replace(r"^\s*([A-Za-z])\.\s*([A-Za-z'\x{2019}]{2,})", "$1 $2")
    name = name.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    name = name.str.replace_all(r"[.'\x{2019}`]", "").str.replace_all(r"[^a-z0-9]+", " ")
    return name.str.strip_chars().str.replace(r"\s+(jr|sr|ii|iii|iv|v)$", "")


def name_key(name: pl.Expr) -> pl.Expr:
    """`Amon-Ra St. Brown`, `amon ra st brown` and `A.J. Brown Jr.`, `AJ Brown` become equal."""
    return _words(name).str.replace_all(" ", "")


def initial_key(name: pl.Expr) -> pl.Expr:
    """First letter and surname: what `J. Chase` and `Ja'Marr Chase` have in common."""
    words = _words(name)
    return words.str.slice(0, 1) + " " + words.str.replace(r"^\S+\s+", "").str.replace_all(" ", "")


def is_initial(name: pl.Expr) -> pl.Expr:
    """True where the first name is a single letter."""
    return _words(name).str.contains(r"^[a-z] ")


def team_key(team: pl.Expr) -> pl.Expr:
    """Club code as nflverse writes it."""
    return team.str.strip_chars().str.to_uppercase().replace(TEAM_CODES)


def defence_id(code: str) -> str | None:
    """`DST-<club>` of `DST-SEA`, `dst-lar` or `LAR`; None where the code is no club's."""
    code = code.strip().upper().removeprefix("DST-")
    club = TEAM_CODES.get(code, code)
    return f"DST-{club}" if club in CLUBS else None


def position_key(position: pl.Expr) -> pl.Expr:
    """Position that leagues draft by; the same as the dbt macro `fantasy_position`."""
    return position.str.strip_chars().str.to_uppercase().replace(_POSITIONS)
