"""Columns and types of the provider's files, and frames brought into exactly that shape."""

import polars as pl
from polars.datatypes import DataTypeClass

# name:type, type i = Int32 (the default), f = Float64, s = String; a question mark means
# null where nothing is known, everything else is zero there.
_WEEK = """
player_id:s? player_name:s? player_display_name:s? position:s? position_group:s? season week
season_type:s? team:s? opponent_team:s? completions attempts passing_yards passing_tds
passing_interceptions sacks_suffered sack_yards_lost sack_fumbles sack_fumbles_lost
passing_air_yards passing_yards_after_catch passing_first_downs passing_epa:f? passing_cpoe:f?
passing_2pt_conversions pacr:f? carries rushing_yards rushing_tds rushing_fumbles
rushing_fumbles_lost rushing_first_downs rushing_epa:f? rushing_2pt_conversions receptions
targets receiving_yards receiving_tds receiving_fumbles receiving_fumbles_lost
receiving_air_yards receiving_yards_after_catch receiving_first_downs receiving_epa:f?
receiving_2pt_conversions racr:f? target_share:f air_yards_share:f wopr:f special_teams_tds
def_tackles_solo def_tackles_with_assist def_tackle_assists def_tackles_for_loss
def_tackles_for_loss_yards def_fumbles_forced def_sacks:f def_sack_yards:f def_qb_hits
def_interceptions def_interception_yards def_pass_defended def_tds def_fumbles def_safeties
misc_yards fumble_recovery_own fumble_recovery_yards_own fumble_recovery_opp
fumble_recovery_yards_opp fumble_recovery_tds penalties penalty_yards punt_returns
punt_return_yards kickoff_returns kickoff_return_yards fg_made fg_att fg_missed fg_blocked
fg_long:i? fg_pct:f? fg_made_0_19 fg_made_20_29 fg_made_30_39 fg_made_40_49 fg_made_50_59
fg_made_60_ fg_missed_0_19 fg_missed_20_29 fg_missed_30_39 fg_missed_40_49 fg_missed_50_59
fg_missed_60_ fg_made_list:s? fg_missed_list:s? fg_blocked_list:s? fg_made_distance
fg_missed_distance fg_blocked_distance pat_made pat_att pat_missed pat_blocked pat_pct:f?
gwfg_made gwfg_att gwfg_missed gwfg_blocked gwfg_distance fantasy_points:f fantasy_points_ppr:f
"""
_PLAYERS = """
gsis_id:s? display_name:s? common_first_name:s? first_name:s? last_name:s? short_name:s?
football_name:s? suffix:s? esb_id:s? nfl_id:s? pfr_id:s? pff_id:s? otc_id:s? espn_id:s?
smart_id:s? birth_date:s? position_group:s? position:s? ngs_position_group:s? ngs_position:s?
height:i? weight:i? college_name:s? college_conference:s? jersey_number:s? rookie_season:i?
last_season:i? latest_team:s? status:s? ngs_status:s? ngs_status_short_description:s?
years_of_experience:i? pff_position:s? pff_status:s? draft_year:i? draft_round:i? draft_pick:i?
draft_team:s?
"""
_TYPES: dict[str, DataTypeClass] = {"i": pl.Int32, "f": pl.Float64, "s": pl.String}


def _parse(text: str) -> dict[str, tuple[DataTypeClass, bool]]:
    columns = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        columns[name] = (_TYPES[kind[:1] or "i"], kind.endswith("?"))
    return columns


WEEK = _parse(_WEEK)
PLAYERS = _parse(_PLAYERS)
# Columns that make a row worth delivering; shares and percentages follow from them.
COUNTS = [name for name, (kind, nullable) in WEEK.items() if kind != pl.String and not nullable]
for _name in ("season", "week", "target_share", "air_yards_share", "wopr"):
    COUNTS.remove(_name)


def conform(frame: pl.DataFrame, columns: dict[str, tuple[DataTypeClass, bool]]) -> pl.DataFrame:
    """The frame with exactly these columns; absent ones are null or zero."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None if nullable else 0))
        .cast(kind)
        .alias(name)
        for name, (kind, nullable) in columns.items()
    )
