"""Side-by-side measurements of the platform against what one would write by hand.

Every number is a ratio or stands beside its counterpart from the same run on the same
machine; absolute seconds alone mean nothing elsewhere. `python -m benchmarks --help`.
"""
