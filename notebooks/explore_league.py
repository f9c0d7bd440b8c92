"""Explore a league: players, rosters, cap room, and what a trade would change."""

import marimo

app = marimo.App(width="medium", app_title="Explore a league")


@app.cell
def _():
    import marimo as mo
    import polars as pl

    from ff_analytics.app.queries import league_cap, players
    from ff_analytics.app.queries.whatif import Moves, what_if
    from ff_analytics.engine.read.provenance import provenance
    from ff_analytics.engine.read.reader import reader

    return Moves, league_cap, mo, pl, players, provenance, reader, what_if


@app.cell
def _(mo, reader):
    # One snapshot for the whole notebook: no run changes the numbers while you look at them.
    lake = reader()
    mo.md(
        f"""
        # Explore a league

        Snapshot {lake.snapshot} of the lake, of {lake.committed_at:%Y-%m-%d %H:%M} UTC.
        `reader(40)` reads snapshot 40, `reader(date(2026, 11, 20))` the end of a day.
        """
    )
    return (lake,)


@app.cell
def _(league_cap, lake, mo):
    names = league_cap.league_names(lake)
    mo.stop(not names, mo.md("No league is in the lake yet. Run `ff run valuation`."))
    league = mo.ui.dropdown(names, value=names[0], label="League")
    league
    return (league,)


@app.cell
def _(lake, league, mo, players, provenance):
    product = players.chosen("", players.outputs(lake))
    ranked = players.search(lake, product, league.value)
    usual = [c for c in players.USUAL.get(product.name, product.top) if c in ranked.columns]
    where = provenance(lake, [product.mart], usual)
    meaning = "\n".join(f"* `{c.name}`: {c.text} {c.measured}" for c in where.columns if c.text)
    mo.vstack(
        [
            mo.md(f"## {product.title}\n\n{product.description}"),
            ranked.select(usual).head(100),
            mo.accordion({"What the columns mean": mo.md(meaning)}),
        ]
    )
    return


@app.cell
def _(league_cap, lake, league, mo, pl):
    known = league_cap.load(lake, league.value)
    sheet = pl.DataFrame(
        [
            {
                "franchise": franchise,
                "players": held,
                "cap_room": line.available if line else None,
                "vor": vor,
                "dynasty_value": dynasty,
            }
            for franchise, line, held, vor, dynasty in league_cap.sheet(known)
        ]
    )
    mo.vstack([mo.md("## Franchises"), sheet])
    return (known,)


@app.cell
def _(known, mo):
    mo.stop(known.book is None, mo.md(f"What-if needs a cap: {known.why_no_book}"))
    ours = mo.ui.dropdown(known.franchises, value=known.franchises[0], label="We")
    theirs = mo.ui.dropdown(known.franchises, value=known.franchises[-1], label="They")
    mo.vstack([mo.md("## What a trade would change"), mo.hstack([ours, theirs])])
    return ours, theirs


@app.cell
def _(known, mo, ours, theirs):
    def contracts(franchise):
        held = [p for p in known.of(franchise) if p.id in known.book.contracts]
        return {f"{p.name} ({p.position})": p.id for p in held}

    we, they = contracts(ours.value), contracts(theirs.value)
    give = mo.ui.multiselect(we, value=list(we)[:1], label="We give")
    get = mo.ui.multiselect(they, value=list(they)[:1], label="We get")
    mo.hstack([give, get])
    return get, give


@app.cell
def _(Moves, get, give, known, mo, ours, pl, theirs, what_if):
    moves = Moves(franchise=ours.value, partner=theirs.value, give=give.value, get=get.value)
    mo.stop(not moves or ours.value == theirs.value, mo.md("Choose two franchises and players."))
    # By the cap product's own functions; nothing is stored.
    effect = what_if(moves, known)
    rooms = pl.DataFrame(
        [
            {
                "franchise": one.franchise,
                "season": line.season,
                "room_before": line.before,
                "room_after": line.after,
            }
            for one in effect.effects
            for line in one.lines
        ]
    )
    mo.vstack([mo.md("\n".join(f"* {word}" for word in effect.words)), rooms])
    return


if __name__ == "__main__":
    app.run()
