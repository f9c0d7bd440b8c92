"""`ff export`: tables for other tools."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import note, out, typed_path
from ff_analytics.cli.options import PLAIN

app = App(
    name="export",
    help_epilogue="""\
Examples:
  ff export media-mix northpeak > northpeak.csv
  ff export media-mix northpeak --currency EUR --file northpeak.parquet""",
    **PLAIN,
)


@app.command(
    name="media-mix",
    help_epilogue="""\
Examples:
  ff export media-mix northpeak > northpeak.csv
  ff export media-mix northpeak --file northpeak.parquet   CSV or Parquet, by the name""",
)
def media_mix(
    tenant: Annotated[str, Parameter(help="Name of the tenant.")],
    *,
    currency: Annotated[
        str, Parameter(help="Currency of the money; needed where the tenant has several.")
    ] = "",
    file: Annotated[
        Path | None, Parameter(help="Where to write it, .csv or .parquet. Empty = print CSV.")
    ] = None,
) -> int:
    """Weekly spend by channel beside the store's orders, for Meridian or PyMC-Marketing."""
    from ff_analytics.domains.marketing.media_mix import of_tenant
    from ff_analytics.engine.base.errors import ConfigError
    from ff_analytics.engine.read.reader import reader

    suffix = file.suffix.lower() if file else ""
    if file and suffix not in (".csv", ".parquet"):
        raise ConfigError(f"--file {file} ends with neither .csv nor .parquet.")
    found = of_tenant(reader(), tenant, currency)
    if file is None:
        out(found.frame.write_csv().rstrip("\n"))
    elif suffix == ".csv":
        found.frame.write_csv(typed_path(file))
    else:
        found.frame.write_parquet(typed_path(file))
    for line in found.notes:
        note(line)
    return 0
