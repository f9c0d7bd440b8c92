"""`ff lake move`: copy this lake, its history included, to Postgres and S3, and compare it."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import agreed, out
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach.catalog import catalog_file, is_remote, password_in, reason

app = App(
    name="move",
    help_epilogue="""\
The lake of the settings is read, and changed only where small rows are written
from its catalog to files. The password of the target's catalog comes from PGPASSWORD or
~/.pgpass, the store's credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY:
never from an option, which every user of the machine could read.

Examples:
  ff lake move --to-catalog 'postgres:host=db' --to-data s3://bucket/lake --dry-run
  ff lake move --to-catalog 'postgres:host=db' --to-data s3://bucket/lake --yes""",
    **PLAIN,
)


def target_of(source: Settings, catalog: str, data: str) -> Settings:
    """The settings of the lake to be; `ConfigError` for one that is not another lake."""
    if password_in(catalog):
        raise ConfigError(
            "--to-catalog holds a password, which every user of this machine can read while it "
            "runs: leave it out, and set PGPASSWORD in the environment or .env."
        )
    target = source.model_copy(
        update={"lake_catalog": catalog, "lake_data": data, "analytics_data": ""}
    )
    catalog_file(target), is_remote(target.files)
    if target.catalog == source.catalog or target.files == source.files:
        raise ConfigError("The target is this lake: both its catalog and its files must differ.")
    return target


def _move(source: Settings, target: Settings, *, dry_run: bool, yes: bool) -> int:
    from ff_analytics.engine.lake.move.move import move
    from ff_analytics.engine.sources import registry as sources

    question = f"Copy the lake of {source.files}? Runs and readers wait meanwhile."
    if not dry_run and not agreed(question, yes=yes):
        return 1
    keys = {table: dataset.keys for table, (dataset, _) in sources.by_table().items()}
    move(source, target, keys=keys, dry_run=dry_run, report_line=out)
    if dry_run:
        out("Dry run: nothing was copied. The target can be reached and is empty.")
        return 0
    out("Done: history and every row are the same. Now change these settings, on every host:")
    secret = "" if catalog_file(target) else "   # and PGPASSWORD, or password=… in it"
    out(f"  FF_LAKE_CATALOG='{target.lake_catalog}'{secret}")
    out(f"  FF_LAKE_DATA='{target.lake_data}'")
    out(
        "Then run the products once: what they published is not part of the lake. The old lake "
        "is untouched; remove it when you no longer want to go back."
    )
    return 0


@app.default
def move(
    *,
    to_catalog: Annotated[str, Parameter(help="postgres:DSN of the new catalog, or sqlite:PATH.")],
    to_data: Annotated[str, Parameter(help="s3://BUCKET/PREFIX, or a folder, of the new files.")],
    dry_run: Annotated[bool, Parameter(help="Count and check, copy nothing.")] = False,
    yes: Annotated[bool, Parameter(help="Do not ask.")] = False,
) -> int:
    """See the help of the application; 1 when not done or different."""
    import duckdb

    source = get_settings()
    target = target_of(source, to_catalog, to_data)
    try:
        return _move(source, target, dry_run=dry_run, yes=yes)
    except duckdb.Error as error:
        raise ConfigError(reason(error, target)) from None
