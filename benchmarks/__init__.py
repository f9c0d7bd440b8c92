"""Comparisons of the platform with hand-written equivalents.

Every number is a ratio or is shown with its counterpart from the same run on the same
machine; absolute seconds are meaningless elsewhere. `python -m benchmarks --help`.
"""
