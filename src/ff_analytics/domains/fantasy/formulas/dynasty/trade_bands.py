"""Buy, hold or sell: how far our value and the market's are apart, if it is more than noise."""

import polars as pl

# From the strongest: gap as a share of the market value, and that gap in standard deviations of
# both sides' errors. A forecast of years is wide, so few gaps pass the upper row.
STRONG, PLAIN = (0.25, 1.0), (0.10, 0.5)
# Below this share of the best asset a gap is a few points at the end of a list.
NEGLIGIBLE = 0.05
BANDS = ("STRONG_BUY", "BUY", "HOLD", "SELL", "STRONG_SELL")


def trade_band(gap_pct: pl.Expr, gap_z: pl.Expr, delta: pl.Expr, top: pl.Expr) -> pl.Expr:
    """One of `BANDS`; null without a market value.

    `gap_pct` = (ours - market) / market, `gap_z` the gap in standard deviations, `delta` in
    market points and `top` the market's highest value. A gap of exactly a limit belongs to the
    calmer band.
    """

    def beyond(limits: tuple[float, float]) -> pl.Expr:
        share, noise = limits
        return (gap_pct.abs() > share) & (gap_z.abs() >= noise)

    up = gap_pct > 0
    band = (
        pl.when(delta.abs() < NEGLIGIBLE * top)
        .then(pl.lit("HOLD"))
        .when(beyond(STRONG))
        .then(pl.when(up).then(pl.lit("STRONG_BUY")).otherwise(pl.lit("STRONG_SELL")))
        .when(beyond(PLAIN))
        .then(pl.when(up).then(pl.lit("BUY")).otherwise(pl.lit("SELL")))
        .otherwise(pl.lit("HOLD"))
    )
    return pl.when(gap_pct.is_not_null() & gap_z.is_not_null()).then(band)
