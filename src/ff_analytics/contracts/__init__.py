"""Frame contracts: columns, types, ranges, keys and rules of every boundary."""
