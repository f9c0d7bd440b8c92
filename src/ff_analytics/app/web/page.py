"""The shell of a page, in the look of the reports, and what a page knows of its request."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from ff_analytics.app.web import figures
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.read.reader import Reader, reader
from ff_analytics.engine.report.fragments import TEMPLATES as REPORTS
from ff_analytics.engine.report.fragments import environment

FOLDER = Path(__file__).parents[1]
NAV = (
    ("/", "Home"),
    ("/players", "Players"),
    ("/league", "League"),
    ("/channels", "Channels"),
    ("/catalog", "Catalog"),
    ("/sql", "SQL"),
    ("/accuracy", "Accuracy"),
)


@dataclass
class Page:
    """One request: its parameters, the lake at one snapshot, and how to make addresses."""

    request: Request
    settings: Settings
    _reader: Reader | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        given = self.request.query_params
        self.params = {name: given.getlist(name)[:200] for name in given}
        # The form of a new filter has three fields; the address of the page it leads to has one.
        column, operator, value = (
            "".join(self.params.pop(name, [])[:1]) for name in ("column", "op", "value")
        )
        if column and operator:
            where = [*self.params.get("where", []), f"{column}:{operator}:{value.strip()}"]
            self.params["where"] = list(dict.fromkeys(where))

    @property
    def reader(self) -> Reader:
        """The lake at the snapshot of `as_of`, or the newest; `LakeMissing` without one."""
        if self._reader is None:
            asked = self.get("as_of")
            self._reader = reader(figures.whole_number(asked, "as_of"), settings=self.settings)
        return self._reader

    @property
    def path(self) -> str:
        return self.request.url.path

    def get(self, name: str, default: str = "") -> str:
        """One parameter of the address; longer ones are cut."""
        return (self.params.get(name) or [default])[0][:20_000]

    def many(self, name: str) -> list[str]:
        """All values of a parameter that may come several times."""
        return [value[:1000] for value in self.params.get(name, [])]

    def link(self, path: str, **values: Any) -> str:
        """An address of the app, which keeps `as_of`."""
        kept = {"as_of": self.get("as_of")} | values
        asked = [(k, v) for k, v in kept.items() if v not in (None, "", [])]
        where = quote(path, safe="/-_.~")
        return f"{where}?{urlencode(asked, doseq=True)}" if asked else where

    def here(self, **changes: Any) -> str:
        """This address with some parameters changed; None takes one out."""
        asked = {name: values for name, values in self.params.items() if name != "format"}
        return self.link(self.path, **(asked | changes))


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Jinja as in the reports (escaped, strict), with the app's own templates before theirs."""
    shared = environment()
    loader = ChoiceLoader([FileSystemLoader(FOLDER / "templates"), FileSystemLoader(REPORTS)])
    env = shared.overlay(loader=loader)
    env.filters = dict(shared.filters) | figures.FILTERS
    env.globals = dict(env.globals) | {"nav": NAV, "static": static_address}
    return env


def part(template: str, **values: Any) -> Markup:
    """A rendered part of a page; the template escapes the values."""
    return Markup(templates().get_template(template).render(**values))


@cache
def _static(name: str) -> tuple[bytes, str]:
    """Content and media type of one of our four files."""
    if name == "style.css":
        css = environment().get_template("style.css.j2").render()
        own = (FOLDER / "static" / "app.css").read_text(encoding="utf-8")
        return f"{css}\n{own}".encode(), "text/css; charset=utf-8"
    folder = FOLDER / "static" if name == "app.js" else REPORTS
    return (folder / name).read_bytes(), "text/javascript; charset=utf-8"


STATIC = ("style.css", "theme.js", "page.js", "app.js")


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_static(name)[0]).hexdigest()[:12]


def static_address(name: str) -> str:
    """Address of a file; another content has another address."""
    return f"/static/{_digest(name)}/{name}"


def static(request: Request) -> Response:
    """Serve one of our files, kept by the browser for good."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response("There is no such file.", 404)
    content, kind = _static(name)
    forever = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=kind, headers=forever)


def show(
    page: Page,
    title: str,
    body: Markup,
    *,
    lede: str = "",
    crumbs: Sequence[tuple[str, str]] = (),
    sources: Sequence[str] = (),
    status: int = 200,
    known: bool = True,
) -> HTMLResponse:
    """The whole document. `sources` are the tables behind it, named in the foot."""
    at = page._reader if known else None
    html = (
        templates()
        .get_template("app.html.j2")
        .render(
            page=page,
            title=title,
            lede=lede,
            crumbs=crumbs,
            body=body,
            sources=sources,
            snapshot=at.snapshot if at else None,
            committed_at=at.committed_at if at else None,
            as_of=page.get("as_of"),
        )
    )
    return HTMLResponse(html, status)
