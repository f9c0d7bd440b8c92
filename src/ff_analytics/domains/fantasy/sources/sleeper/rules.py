"""A Sleeper league's slots and scoring in the words of a league profile."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.slots import SLOTS
from ff_analytics.domains.fantasy.sources.sleeper.api import League

_SLOTS = {
    **{name: name for name in ("QB", "RB", "WR", "TE", "K", "FLEX", "DL", "LB", "DB", "IDP_FLEX")},
    **{"DEF": "DST", "WRRB_FLEX": "WR_RB_FLEX", "REC_FLEX": "WR_TE_FLEX"},
    **{"SUPER_FLEX": "SUPERFLEX", "BN": "BENCH", "IR": "IR", "TAXI": "TAXI"},
    **{"DE": "DL", "DT": "DL", "CB": "DB", "S": "DB"},
}
_MISSED = ("fg_missed_0_29", "fg_missed_30_39", "fg_missed_40_49", "fg_missed_50_plus")
_MADE = ("fg_made_0_39", "fg_made_40_49", "fg_made_50_plus")
_TACKLES = ("def_tackles_solo", "def_tackles_with_assist", "def_tackle_assists")
# Sleeper's key -> our categories; keys that share a category there must agree.
_SCORING: dict[str, tuple[str, ...]] = {
    "pass_yd": ("passing_yards",),
    "pass_td": ("passing_tds",),
    "pass_int": ("passing_interceptions",),
    "pass_2pt": ("passing_2pt_conversions",),
    "pass_cmp": ("completions",),
    "pass_att": ("attempts",),
    "pass_fd": ("passing_first_downs",),
    "pass_sack": ("sacks_suffered",),
    "rush_yd": ("rushing_yards",),
    "rush_td": ("rushing_tds",),
    "rush_2pt": ("rushing_2pt_conversions",),
    "rush_att": ("carries",),
    "rush_fd": ("rushing_first_downs",),
    "rec": ("receptions",),
    "rec_yd": ("receiving_yards",),
    "rec_td": ("receiving_tds",),
    "rec_2pt": ("receiving_2pt_conversions",),
    "rec_tgt": ("targets",),
    "rec_fd": ("receiving_first_downs",),
    "bonus_rec_te": ("te_receptions",),
    "fum_lost": ("fumbles_lost",),
    "st_td": ("special_teams_tds",),
    "fum_rec_td": ("fumble_recovery_tds",),
    "fgm_yds": ("fg_made_distance",),
    "fgm_0_19": ("fg_made_0_39",),
    "fgm_20_29": ("fg_made_0_39",),
    "fgm_30_39": ("fg_made_0_39",),
    "fgm_40_49": ("fg_made_40_49",),
    "fgm_50p": ("fg_made_50_plus",),
    "fgm_50_59": ("fg_made_50_plus",),
    "fgm_60p": ("fg_made_50_plus",),
    "fgmiss_0_19": ("fg_missed_0_29",),
    "fgmiss_20_29": ("fg_missed_0_29",),
    "fgmiss_30_39": ("fg_missed_30_39",),
    "fgmiss_40_49": ("fg_missed_40_49",),
    "fgmiss_50p": ("fg_missed_50_plus",),
    "xpm": ("pat_made",),
    "xpmiss": ("pat_missed",),
    "idp_tkl_solo": ("def_tackles_solo",),
    "idp_tkl_ast": ("def_tackles_with_assist", "def_tackle_assists"),
    "idp_tkl_loss": ("def_tackles_for_loss",),
    "idp_qb_hit": ("def_qb_hits",),
    "idp_sack": ("def_sacks",),
    "idp_int": ("def_interceptions",),
    "idp_pass_def": ("def_pass_defended",),
    "idp_ff": ("def_fumbles_forced",),
    "idp_fum_rec": ("fumble_recovery_opp",),
    "idp_def_td": ("def_tds",),
    "idp_safe": ("def_safeties",),
    "sack": ("dst_sacks",),
    "int": ("dst_interceptions",),
    "fum_rec": ("dst_fumble_recoveries",),
    "safe": ("dst_safeties",),
    "def_td": ("dst_tds",),
    "def_st_td": ("dst_tds",),
    "blk_kick": ("dst_blocked_kicks",),
    "pts_allow_0": ("dst_points_allowed_0",),
    "pts_allow_1_6": ("dst_points_allowed_1_6",),
    "pts_allow_7_13": ("dst_points_allowed_7_13",),
    "pts_allow_14_20": ("dst_points_allowed_14_20",),
    "pts_allow_21_27": ("dst_points_allowed_21_27",),
    "pts_allow_28_34": ("dst_points_allowed_28_34",),
    "pts_allow_35p": ("dst_points_allowed_35_plus",),
}
# Paid for every such play, on top of what its distance or kind pays.
_ON_TOP = {"fgm": _MADE, "fgmiss": _MISSED, "idp_tkl": _TACKLES}
_BUDGET, _MINIMUM_BID, _WEEKS = 200, 1, 17


@dataclass
class Rules:
    """Fields of a league profile, and what could not be brought over."""

    profile: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


def slug(text: str) -> str:
    """A league name from any text: lower case letters, digits, underscores."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:40].strip("_")


def _slots(league: League, warnings: list[str]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for name in league.roster_positions:
        if name in _SLOTS:
            counts[_SLOTS[name]] += 1
        else:
            warnings.append(f"slot {name} of the league has no counterpart here and is left out")
    # Reserves are no roster positions there but numbers among the settings.
    counts["TAXI"] += league.setting("taxi_slots")
    counts["IR"] += league.setting("reserve_slots")
    return {name: counts[name] for name in SLOTS if counts[name]}


def _scoring(league: League, warnings: list[str]) -> dict[str, float]:
    given = {
        key: round(float(points), 4)
        for key, points in (league.scoring_settings or {}).items()
        if points
    }
    found: dict[str, float] = {}
    for key, categories in _SCORING.items():
        for category in categories if key in given else ():
            if found.setdefault(category, given[key]) != given[key]:
                warnings.append(
                    f"{key} scores {given[key]:g}, but {category} is one category here: "
                    f"{found[category]:g} is used"
                )
    for key, categories in _ON_TOP.items():
        for category in categories if key in given else ():
            found[category] = round(found.get(category, 0.0) + given[key], 4)
    if "blk_kick" in given:
        warnings.append(
            "blk_kick is scored for field goals and extra points; blocked punts are not known"
        )
    unknown = sorted(set(given) - set(_SCORING) - set(_ON_TOP))
    if unknown:
        shown = ", ".join(f"{key} {given[key]:g}" for key in unknown)
        warnings.append(f"scored there, but no category here: {shown}")
    return {name: found[name] for name in CATEGORIES if name in found}


def rules_of(league: League, name: str, league_id: str) -> Rules:
    """The league's rules as a profile called `name`. Sleeper knows no budget of an auction that
    was not held there, so the usual 200 dollars stand in."""
    warnings: list[str] = []
    title = " ".join((league.name or "A league").split())
    profile = {
        "name": name,
        "description": f"{title}, season {league.season}, Sleeper league {league_id}.",
        "sleeper_league": league_id,
        "timezone": "America/New_York",
        "teams": league.total_rosters,
        "weeks": _WEEKS,
        "slots": _slots(league, warnings),
        "scoring": _scoring(league, warnings),
        "budget": _BUDGET,
        "minimum_bid": _MINIMUM_BID,
    }
    return Rules(profile, warnings)
