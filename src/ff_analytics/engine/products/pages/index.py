"""`data/reports/index.html`: links to every report, made again with each run and by maintenance."""

import logging
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.lake.attach import locks
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.pages.listing import INDEX, official, scenarios

_log = logging.getLogger(__name__)
_WAIT = 10.0
# Colours of the system: light and dark without a script.
_STYLE = (
    ":root{color-scheme:light dark}body{margin:0 auto;padding:24px 16px;max-width:60rem;"
    "font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}h1{margin:0 0 4px}"
    "h2{margin:28px 0 4px;font-size:19px}dl{margin:0}dt{font-weight:600;margin-top:10px}"
    "dd{margin:0}dd a{display:inline-block;margin-right:14px}"
)


def _title(product: str) -> str:
    try:
        return products.load(product).title
    except (FFError, ImportError):
        return product


def _link(file: Path, folder: Path, text: str) -> str:
    address = quote(file.relative_to(folder).as_posix())
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def index(folder: Path) -> str:
    """HTML of the index of `folder`."""
    groups: dict[str, list[str]] = {}
    for report in official(folder):
        latest = [_link(report.latest, folder, "latest")] if report.latest else []
        days = [_link(file, folder, str(day)) for day, file in report.days]
        # The product's own page is that of its own league, or of all tenants.
        name = unquote(report.whose) or "main report"
        entry = f"<dt>{escape(name)}</dt><dd>{' '.join(latest + days)}</dd>"
        groups.setdefault(report.product, []).append(entry)
    body = [
        f"<h2>{escape(_title(product))}</h2><dl>{''.join(lines)}</dl>"
        for product, lines in groups.items()
    ]
    if others := scenarios(folder):
        items = [f"<dt>{escape(p)}</dt><dd>{_link(f, folder, f.stem)}</dd>" for p, f in others]
        body.append(f"<h2>Scenarios</h2><p>None of them is official.</p><dl>{''.join(items)}</dl>")
    body = body or ["<p>No report yet. Each run of a product writes one: ff run valuation.</p>"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">"
        '<link rel="icon" href="data:,">'
        f"<title>Reports</title><style>{_STYLE}</style></head><body><main><h1>Reports</h1>"
        "<p>The latest report of each product and league or tenant, and those of earlier days.</p>"
        f"{''.join(body)}</main></body></html>\n"
    )


def write_index(settings: Settings, who: str) -> None:
    """Make the index again; a failure is a warning, since every report is there without it."""
    target = settings.reports_dir / INDEX
    try:
        # One at a time: of two writers the later one must have seen both reports.
        with locks.turn(
            "reports-index",
            who,
            seconds=_WAIT,
            settings=settings,
            busy=lambda holder: f"the index is being written, {holder}",
        ):
            replace_text(target, index(settings.reports_dir))
    except (OSError, FFError) as error:
        _log.warning("The index of the reports was not written: %s", error)
