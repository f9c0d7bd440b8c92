"""Walk-forward back-test of the projections: forecasts of each year against results.

`run` walks and measures, `cells` measures one position and horizon, `capture` what lists drawn up
from the projections would have caught, `stored` compares with the figures kept in the code.
"""
