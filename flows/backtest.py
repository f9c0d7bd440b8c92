"""Flow `backtest`: the stages of an analytics run over the back-test of the projections."""

from flows.analytics import flow_of

weekly = flow_of("backtest", name="backtest")
