"""`ff lake move`: copy this lake, its history included, to Postgres and S3, and compare it.

The source is the lake of the settings; it is read, never changed, but for small rows that are
written from its catalog to files. The password of the target's catalog comes from PGPASSWORD or
~/.pgpass, the store's credentials from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: never from an
option, which every user of the machine could read.
"""

import argparse
import sys

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.lake.attach.catalog import catalog_file, is_remote, password_in, reason


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


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


def _agreed(source: Settings) -> bool:
    if not sys.stdin.isatty():
        _say("Nothing done: without a terminal, --yes is needed.")
        return False
    question = f"Copy the lake of {source.files}? Runs and readers wait meanwhile. [y/N] "
    return input(question).strip().lower() in ("y", "yes")


def _move(options: argparse.Namespace, source: Settings) -> int:
    from ff_analytics.engine.lake.move.move import move
    from ff_analytics.engine.sources import registry as sources

    target = target_of(source, options.to_catalog, options.to_data)
    if not options.dry_run and not options.yes and not _agreed(source):
        return 1
    keys = {table: dataset.keys for table, (dataset, _) in sources.by_table().items()}
    move(source, target, keys=keys, dry_run=options.dry_run, tell=_say)
    if options.dry_run:
        _say("Dry run: nothing was copied. The target can be reached and is empty.")
        return 0
    _say("Done: history and every row are the same. Now change these settings, on every host:")
    secret = "" if catalog_file(target) else "   # and PGPASSWORD, or password=… in it"
    _say(f"  FF_LAKE_CATALOG='{target.lake_catalog}'{secret}")
    _say(f"  FF_LAKE_DATA='{target.lake_data}'")
    _say(
        "Then run the products once: what they published is not part of the lake. The old lake "
        "is untouched; remove it when you no longer want to go back."
    )
    return 0


def main() -> int:
    """Parse and do it; 1 when not done or different, 2 when something is wrong, in one sentence."""
    summary, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(prog="ff lake move", description=summary, epilog=rest)
    parser.add_argument("--to-catalog", required=True, metavar="postgres:DSN")
    parser.add_argument("--to-data", required=True, metavar="s3://BUCKET/PREFIX")
    parser.add_argument("--dry-run", action="store_true", help="count and check, copy nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args()
    source = get_settings()
    import duckdb

    try:
        return _move(options, source)
    except FFError as error:
        sys.stderr.write(f"lake-move: {error}\n")
        return 1 if error.kind == "lake-move" else 2
    except duckdb.Error as error:
        target = source.model_copy(update={"lake_catalog": options.to_catalog})
        sys.stderr.write(f"lake-move: {reason(error, target)}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
