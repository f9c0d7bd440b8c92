"""Flow `backtest`: the stages of an analytics run over the back-test of the projections."""

if __name__ == "__main__":  # First: the work needs no import of Prefect.
    from flows import as_script

    as_script("backtest")


from flows.analytics import flow_of

weekly = flow_of("backtest", name="backtest")
