"""`ff dbt`: dbt's command line on the lake, inside its writer lock, or on a Postgres."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import UsageError, note, out
from ff_analytics.cli.options import PLAIN

app = App(
    name="dbt",
    usage="Usage: ff dbt DBT-COMMAND [DBT-OPTIONS]\n       ff dbt postgres load|DBT-COMMAND ..."
    "\n       ff dbt sync [--check]",
    help_epilogue="""\
Every word goes to dbt: `ff dbt build --help` shows dbt's own options.

Examples:
  ff dbt build --select core.dim_player+  models, their tests and what depends on them
  ff dbt show --select mrt_template --limit 5
  ff dbt docs generate                        below data/dbt/target
  ff dbt postgres load                        raw tables to FF_DBT_POSTGRES
  ff dbt sync                                 marts' columns from contracts""",
    help_flags=[],
    version_flags=[],
    **PLAIN,
)
Words = Annotated[str, Parameter(allow_leading_hyphen=True, name="WORDS", help="dbt's own words.")]


@app.default
def dbt(*words: Words) -> int:
    """See the table of commands."""
    if not words:
        raise UsageError("give a dbt command: ff dbt build --select marts.")
    if words[0] in ("-h", "--help"):
        app.help_print([])
        return 0
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.dbt.session import session
    from ff_analytics.engine.lake import Provenance
    from ff_analytics.engine.products import registry as products
    from ff_analytics.engine.products.official.renamed import rename_columns

    # A build would add the new columns beside the old ones.
    rename_columns(products.loadable(), get_settings(), "ff dbt")
    with session(get_settings(), Provenance(author="ff dbt", message="dbt " + " ".join(words))):
        from dbt.cli.main import dbtRunner

        outcome = dbtRunner().invoke(list(words))
    if outcome.exception is not None:
        note(f"{outcome.exception}")
        return 2
    return 0 if outcome.success else 1


postgres = App(
    name="postgres",
    help="The models on the Postgres of FF_DBT_POSTGRES, from the lake's raw rows.",
    usage="Usage: ff dbt postgres load\n       ff dbt postgres DBT-COMMAND [DBT-OPTIONS]",
    help_epilogue="""\
`load` copies the raw tables and what products published last, of one lake snapshot.
Any other word is dbt's own command line on that database.

Examples:
  ff dbt postgres load
  ff dbt postgres build --select mrt_player_valuation""",
    help_flags=[],
    version_flags=[],
    **PLAIN,
)
app.command(postgres)


@postgres.default
def on_postgres(*words: Words) -> int:
    """See the help of the application."""
    if not words:
        raise UsageError("give load or a dbt command: ff dbt postgres load.")
    if words[0] in ("-h", "--help"):
        postgres.help_print([])
        return 0
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.dbt.postgres import load, run

    settings = get_settings()
    if words[0] != "load":
        return run(words, settings)
    for table, count in load(settings).items():
        out(f"{count:>10,}  {table}")
    return 0


@app.command(
    help_epilogue="""\
Description, unit, range and nullability of a column stand on the contract of
the product (`contract.py`). `sync` writes them to the generated part of the
mart's yml, with its tests unique_combination, complete and within. Nothing
outside of that part changes. Exit code of --check: 0 in step, 3 different.

Examples:
  ff dbt sync
  ff dbt sync --check      print the difference, write nothing""",
    help_flags=["--help", "-h"],
)
def sync(
    *,
    check: Annotated[
        bool, Parameter(negative="", help="Print the diff and write nothing.")
    ] = False,
) -> int:
    """Write the columns and tests of the products' marts from their contracts."""
    from ff_analytics.engine.base.settings import PROJECT_ROOT
    from ff_analytics.engine.products import registry as products
    from ff_analytics.platform.scaffold import dbt_columns

    found = dbt_columns.changes([products.load(name) for name in products.names()], PROJECT_ROOT)
    if check:
        for change in found:
            out(change.diff(PROJECT_ROOT).rstrip("\n"))
        if found:
            note(f"{len(found)} files differ from the contracts; ff dbt sync writes them.")
        return 3 if found else 0
    dbt_columns.write(found)
    for change in found:
        out(f"wrote  {change.path.relative_to(PROJECT_ROOT)}")
    if not found:
        out("All marts have the columns of their contracts.")
    return 0
