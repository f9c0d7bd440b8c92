"""Player value of one season: replacement level, VOR, WAR, auction dollars, tiers."""
