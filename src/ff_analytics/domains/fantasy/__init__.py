"""Fantasy football: league profiles, scoring and the valuation formulas, all pure."""
