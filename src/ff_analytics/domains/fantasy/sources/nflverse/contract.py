"""Contracts of `raw_nflverse.*`: one set of columns and types for every vintage of the files.

Statistics are Float64 throughout, since the provider's own types differ between years; a
column that a vintage lacks is null. Ranges are wide: they catch a shifted column or a wrong
unit, not an unusual game.
"""

import dataframely as dy

from ff_analytics.engine.base.dataset import COUNTED


def _count() -> dy.Float64:
    return dy.Float64(nullable=True, min=0, max=200, metadata=COUNTED)


def _yards() -> dy.Float64:
    return dy.Float64(nullable=True, min=-500, max=1500, metadata=COUNTED)


def _number() -> dy.Float64:
    return dy.Float64(nullable=True, metadata=COUNTED)


class PlayerWeek(dy.Schema):
    """One row per player and week played. Yards in yards, shares in 0..1, the rest counts."""

    player_id = dy.String(primary_key=True, min_length=1)
    player_display_name = dy.String(nullable=True)
    position = dy.String(nullable=True)
    team = dy.String(nullable=True)
    opponent_team = dy.String(nullable=True)
    season = dy.Int32(primary_key=True, min=1920, max=2100)
    week = dy.Int32(primary_key=True, min=1, max=30)
    season_type = dy.String()
    completions = _count()
    attempts = _count()
    passing_yards = _yards()
    passing_tds = _count()
    passing_interceptions = _count()
    sacks_suffered = _count()
    sack_yards_lost = _yards()
    sack_fumbles = _count()
    sack_fumbles_lost = _count()
    passing_air_yards = _yards()
    passing_yards_after_catch = _yards()
    passing_first_downs = _count()
    passing_epa = _number()
    passing_cpoe = _number()
    passing_2pt_conversions = _count()
    pacr = _number()
    carries = _count()
    rushing_yards = _yards()
    rushing_tds = _count()
    rushing_fumbles = _count()
    rushing_fumbles_lost = _count()
    rushing_first_downs = _count()
    rushing_epa = _number()
    rushing_2pt_conversions = _count()
    receptions = _count()
    targets = _count()
    receiving_yards = _yards()
    receiving_tds = _count()
    receiving_fumbles = _count()
    receiving_fumbles_lost = _count()
    receiving_air_yards = _yards()
    receiving_yards_after_catch = _yards()
    receiving_first_downs = _count()
    receiving_epa = _number()
    receiving_2pt_conversions = _count()
    racr = _number()
    target_share = _number()
    air_yards_share = _number()
    wopr = _number()
    fumbles_lost_total = _count()
    special_teams_tds = _count()
    def_tackles_solo = _count()
    def_tackles_with_assist = _count()
    def_tackle_assists = _count()
    def_tackles_for_loss = _count()
    def_tackles_for_loss_yards = _yards()
    def_fumbles_forced = _count()
    def_sacks = _count()
    def_sack_yards = _yards()
    def_qb_hits = _count()
    def_interceptions = _count()
    def_interception_yards = _yards()
    def_pass_defended = _count()
    def_tds = _count()
    def_fumbles = _count()
    def_safeties = _count()
    misc_yards = _yards()
    fumble_recovery_own = _count()
    fumble_recovery_yards_own = _yards()
    fumble_recovery_opp = _count()
    fumble_recovery_yards_opp = _yards()
    fumble_recovery_tds = _count()
    penalties = _count()
    penalty_yards = _yards()
    punt_returns = _count()
    punt_return_yards = _yards()
    kickoff_returns = _count()
    kickoff_return_yards = _yards()
    fg_made = _count()
    fg_att = _count()
    fg_missed = _count()
    fg_blocked = _count()
    fg_blocked_list = dy.String(nullable=True)
    fg_long = _yards()
    fg_pct = _number()
    fg_made_0_19 = _count()
    fg_made_20_29 = _count()
    fg_made_30_39 = _count()
    fg_made_40_49 = _count()
    fg_made_50_59 = _count()
    fg_made_60_ = _count()
    fg_missed_0_19 = _count()
    fg_missed_20_29 = _count()
    fg_missed_30_39 = _count()
    fg_missed_40_49 = _count()
    fg_missed_50_59 = _count()
    fg_missed_60_ = _count()
    fg_made_distance = _yards()
    fg_missed_distance = _yards()
    fg_blocked_distance = _yards()
    pat_made = _count()
    pat_att = _count()
    pat_missed = _count()
    pat_blocked = _count()
    pat_pct = _number()
    gwfg_made = _count()
    gwfg_att = _count()
    gwfg_missed = _count()
    gwfg_blocked = _count()
    gwfg_distance = _yards()
    fantasy_points = _number()
    fantasy_points_ppr = _number()
    origin = dy.String(alias="_origin")


class Player(dy.Schema):
    """One row per player. Height in inches, weight in pounds; position is the latest one."""

    gsis_id = dy.String(primary_key=True, min_length=1)
    display_name = dy.String()
    first_name = dy.String(nullable=True)
    last_name = dy.String(nullable=True)
    suffix = dy.String(nullable=True)
    position = dy.String(nullable=True)
    position_group = dy.String(nullable=True)
    birth_date = dy.Date(nullable=True)
    height = dy.Float64(nullable=True)
    weight = dy.Float64(nullable=True)
    college_name = dy.String(nullable=True)
    rookie_season = dy.Int32(nullable=True)
    last_season = dy.Int32(nullable=True)
    years_of_experience = dy.Int32(nullable=True)
    latest_team = dy.String(nullable=True)
    status = dy.String(nullable=True)
    jersey_number = dy.String(nullable=True)
    draft_year = dy.Int32(nullable=True)
    draft_round = dy.Int32(nullable=True)
    draft_pick = dy.Int32(nullable=True)
    draft_team = dy.String(nullable=True)
    esb_id = dy.String(nullable=True)
    espn_id = dy.String(nullable=True)
    nfl_id = dy.String(nullable=True)
    otc_id = dy.String(nullable=True)
    pff_id = dy.String(nullable=True)
    pfr_id = dy.String(nullable=True)
    smart_id = dy.String(nullable=True)
    origin = dy.String(alias="_origin")


class Schedule(dy.Schema):
    """One row per game; scores are null until it is played."""

    game_id = dy.String(primary_key=True, min_length=1)
    season = dy.Int32(min=1920, max=2100)
    game_type = dy.String()
    week = dy.Int32(min=0, max=30)
    gameday = dy.Date(nullable=True)
    home_team = dy.String()
    away_team = dy.String()
    home_score = dy.Int32(nullable=True, min=0)
    away_score = dy.Int32(nullable=True, min=0)
    # The home team is favoured by so many points; both lines are the closing ones after the game.
    spread_line = dy.Float64(nullable=True, min=-60, max=60)
    total_line = dy.Float64(nullable=True, min=0, max=150)
    origin = dy.String(alias="_origin")


class Injury(dy.Schema):
    """One row per player and week: the last report of the week."""

    season = dy.Int32(primary_key=True, min=1999, max=2100)
    week = dy.Int32(primary_key=True, min=1, max=30)
    gsis_id = dy.String(primary_key=True, min_length=1)
    team = dy.String()
    report_status = dy.String(nullable=True)
    practice_status = dy.String(nullable=True)
    report_primary_injury = dy.String(nullable=True)
    date_modified = dy.Datetime(nullable=True, time_unit="us", time_zone="UTC")
    origin = dy.String(alias="_origin")
