"""`ff new`: a product or a source from its template."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import out
from ff_analytics.cli.options import PLAIN
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings

app = App(
    name="new",
    help_epilogue="""\
Examples:
  ff new product trade-radar
  ff new source draft-positions""",
    **PLAIN,
)


def _written(made: list[Path], target: str, group: str) -> int:
    for path in made:
        shown = path.relative_to(PROJECT_ROOT) if path.is_relative_to(PROJECT_ROOT) else path
        out(f"wrote  {shown}")
    name = target.rpartition("/")[2]
    out(f"\nTry it:     ff run {target}")
    out(f"Deploy it:  prefect deploy --name {name}")
    out(f"Run it:     prefect deployment run '{group}/{name}'")
    return 0


@app.command(
    help_epilogue="""\
Examples:
  ff new product trade-radar"""
)
def product(name: Annotated[str, Parameter(help="kebab-case, e.g. trade-radar")]) -> int:
    """Write a new analytics product: code, contract, dbt mart, deployment."""
    from ff_analytics.platform.scaffold import new_product

    new_product.check(name)
    return _written(new_product.write(name), name, "analytics")


@app.command(
    help_epilogue="""\
Examples:
  ff new source draft-positions"""
)
def source(name: Annotated[str, Parameter(help="kebab-case, e.g. draft-positions")]) -> int:
    """Write a new source that reads one CSV: code, contract, staging model, deployment."""
    from ff_analytics.platform.scaffold import new_source

    new_source.check(name)
    made = new_source.write(name, PROJECT_ROOT, get_settings().data)
    return _written(made, f"ingest/{name}", "ingest")
