"""Sheets, Drive and the OAuth token endpoint, with spreadsheets in memory."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers.serving import Faults

Values = list[list[Any]]
Handler = Callable[[Request], Response]


# FORMULA is left out: no sheet here has one.
RENDERED = ("FORMATTED_VALUE", "UNFORMATTED_VALUE")
DATES = ("SERIAL_NUMBER", "FORMATTED_STRING")


def _rendered(cell: Any, formatted: bool, serial: bool, date_format: str) -> Any:
    """A cell as Google documents it: formatted ones are text, and ignore the option for dates."""
    if isinstance(cell, date):
        return (cell - date(1899, 12, 30)).days if serial else cell.strftime(date_format)
    if cell is None:
        return ""
    if formatted and not isinstance(cell, str):
        return str(cell).upper() if isinstance(cell, bool) else str(cell)
    return cell


def _error(code: int, status: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "status": status, "message": message}}, code)


def _ragged(values: Values) -> Values:
    """As Google sends them: without empty cells at a row's end, without empty rows at the end."""
    rows = [list(row) for row in values]
    for row in rows:
        while row and row[-1] in ("", None):
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


@dataclass
class GoogleWorkspace:
    """Spreadsheets by id and sheet; files by folder. `refresh_token` None = revoked.

    A cell that is a `date` is a date cell, formatted as the sheet's locale has it.
    """

    date_format: str = "%d/%m/%Y"

    sheets: dict[str, dict[str, Values]] = field(default_factory=dict)
    folders: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    refresh_token: str | None = "refresh-s3cret"
    tokens: int = 0
    # Reads that fit into a minute of `clock`, for each user; None is any number.
    reads_a_minute: int | None = None
    clock: Callable[[], float] = time.monotonic
    reads: list[float] = field(default_factory=list)
    answers: list[tuple[str, dict[str, str], int, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self.token, methods=["POST"]),
                Route("/v4/spreadsheets/{id}", self._kept("spreadsheets.get", self.spreadsheet)),
                Route(
                    "/v4/spreadsheets/{id}/values:batchGet",
                    self._kept("spreadsheets.values.batchGet", self.values),
                ),
                Route("/drive/v3/files", self._kept("files.list", self.files)),
                Route("/drive/v3/about", self._kept("about.get", self.about)),
            ]
        )

    def _kept(self, method: str, handler: Handler) -> Handler:
        """The handler, with its question and answer kept under Google's name of the method."""

        def answer(request: Request) -> Response:
            response = handler(request)
            said = json.loads(bytes(response.body))
            asked = dict(request.query_params)
            self.answers.append((method, asked, response.status_code, said))
            return response

        return answer

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        if form["grant_type"] == "authorization_code" and form.get("code_verifier"):
            return JSONResponse({"access_token": "a", "refresh_token": self.refresh_token})
        if form["grant_type"] != "refresh_token" or form["refresh_token"] != self.refresh_token:
            said = "Token has been expired or revoked."
            return JSONResponse({"error": "invalid_grant", "error_description": said}, 400)
        self.tokens += 1
        body = {"access_token": f"ya29.{self.tokens}", "expires_in": 3599, "token_type": "Bearer"}
        return JSONResponse(body)

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer ya29.{self.tokens}":
            return _error(401, "UNAUTHENTICATED", "Request had invalid credentials.")
        now = self.clock()
        self.reads = [at for at in self.reads if at > now - 60] + [now]
        if self.reads_a_minute is not None and len(self.reads) > self.reads_a_minute:
            return _error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for 'Read requests'.")
        return None

    def spreadsheet(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        sheets = self.sheets.get(request.path_params["id"])
        if sheets is None:
            return _error(404, "NOT_FOUND", "Requested entity was not found.")
        titles = [
            {"properties": {"sheetId": n, "title": title, "index": n, "sheetType": "GRID"}}
            for n, title in enumerate(sheets)
        ]
        return JSONResponse({"sheets": titles})

    def values(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        asked = request.query_params["ranges"]
        found = re.fullmatch(r"'((?:[^']|'')+)'", asked)
        sheets = self.sheets[request.path_params["id"]]
        title = found[1].replace("''", "'") if found else ""
        if title not in sheets:
            return _error(400, "INVALID_ARGUMENT", f"Unable to parse range: {asked}")
        query = request.query_params
        shown = query.get("valueRenderOption", "FORMATTED_VALUE")
        dates = query.get("dateTimeRenderOption", "SERIAL_NUMBER")
        if shown not in RENDERED or dates not in DATES:
            return _error(400, "INVALID_ARGUMENT", f"Invalid value: {shown}, {dates}")
        one: dict[str, Any] = {"range": f"{asked}!A1:Z1000", "majorDimension": "ROWS"}
        if values := _ragged(sheets[title]):
            formatted = shown == "FORMATTED_VALUE"
            serial = dates == "SERIAL_NUMBER" and not formatted
            one["values"] = [
                [_rendered(cell, formatted, serial, self.date_format) for cell in row]
                for row in values
            ]
        return JSONResponse({"spreadsheetId": request.path_params["id"], "valueRanges": [one]})

    def files(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        wanted = re.match(
            r"'([^']+)' in parents and name contains '((?:[^'\\]|\\.)*)'", request.query_params["q"]
        )
        if wanted is None or request.query_params.get("supportsAllDrives") != "true":
            return _error(400, "INVALID_ARGUMENT", "Invalid Value")
        name = wanted[2].replace("\\'", "'").lower()
        hits = [f for f in self.folders.get(wanted[1], []) if name in f["name"].lower()]
        start = int(request.query_params.get("pageToken", 0))
        body: dict[str, Any] = {"files": hits[start : start + 1]}
        if start + 1 < len(hits):
            body["nextPageToken"] = str(start + 1)
        return JSONResponse(body)

    def about(self, request: Request) -> Response:
        return self._refused(request) or JSONResponse(
            {"user": {"emailAddress": "plans@example.org"}}
        )
