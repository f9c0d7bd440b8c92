"""The page shell: one HTML file with its styles, scripts and graphics inside.

A report passes sections of finished markup; the shell adds head, navigation, theme,
foot and the security policy. A page makes no network requests.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ff_analytics.engine.report.fragments import TEMPLATES, Section, fragment
from ff_analytics.engine.report.meta import ReportMeta


@dataclass(frozen=True)
class Stat:
    """A key figure: label, value, and one line of context."""

    label: str
    value: str
    note: str = ""


def page(
    meta: ReportMeta,
    *,
    headline: str,
    lede: str,
    stats: Sequence[Stat],
    sections: Sequence[Section],
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """The complete document. The same arguments give the same bytes."""
    if meta.diff is not None:
        # Here, so that the report of every product has it; second, as the news of the day.
        from ff_analytics.engine.report.changes import changes

        sections = [*sections[:1], changes(meta.diff), *sections[1:]]
    # Scripts go in verbatim: their hash in the policy is over these very bytes.
    scripts = {name: _script(name) for name in ("theme.js", "page.js")}
    return str(
        fragment(
            "page.html.j2",
            meta=meta,
            headline=headline,
            lede=lede,
            stats=stats,
            sections=sections,
            facts=facts,
            made=_made(meta),
            theme_script=scripts["theme.js"],
            page_script=scripts["page.js"],
            policy=_policy(scripts.values()),
        )
    )


def _script(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def _policy(scripts: Any) -> str:
    """Only our two scripts, by hash: a script smuggled in with data would not run even if the
    escaping failed, and the browser refuses every request to the outside."""
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _made(meta: ReportMeta) -> list[tuple[str, str]]:
    """Rows of the foot, without the facts that are not known."""
    rows = [
        ("Product", meta.product),
        ("Made", f"{meta.generated_at:%Y-%m-%d %H:%M %Z}".strip()),
        ("Snapshot date", meta.snapshot_date.isoformat()),
        ("Lake snapshot", None if meta.lake_snapshot is None else str(meta.lake_snapshot)),
        ("Run", meta.run_id),
        ("Code version", meta.code_version),
        ("All rows", meta.parquet_path),
    ]
    return [(label, value) for label, value in rows if value]
