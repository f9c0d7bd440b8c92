"""Value over several seasons: ageing, picks, composite score, trade packages."""
