"""Sheets and Drive, read only."""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from ff_analytics.domains.content.sheet.credentials import GoogleWorkspaceCredentials
from ff_analytics.engine.base.errors import AuthError, ConfigError, SourceError
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, plain
from ff_analytics.engine.http.client import ask, check_url, classify, retrying
from ff_analytics.engine.http.traffic import Traffic

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",
    "https://www.googleapis.com/auth/drive.readonly",
)
# Google allows 60 reads a minute for each user; a burst and a minute's pace stay below it.
BURST, PACE = 20, 39 / 60
LOGIN = "Log in again: ff content login, or set a new GOOGLE_REFRESH_TOKEN."


def _open(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


class Token:
    """An access token: from the token file while it lasts, else by a refresh token."""

    def __init__(
        self, access: GoogleWorkspaceCredentials, settings: Settings, traffic: Traffic
    ) -> None:
        self.access, self.settings, self.traffic = access, settings, traffic
        self._token: str | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def _file(self) -> dict[str, Any]:
        if not self.access.token_file:
            return {}
        path = Path(self.access.token_file).expanduser()
        with suppress(OSError, ValueError):
            found = json.loads((self.settings.home / path).read_text())
            return found if isinstance(found, dict) else {}
        return {}

    def headers(self, renew: bool) -> Mapping[str, str]:
        """Authorization of a request; with `renew` the last token was refused."""
        if renew or datetime.now(UTC) >= self._until:
            self._renew(use_file=not renew)
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self, use_file: bool) -> None:
        stored = self._file()
        expiry = datetime.min.replace(tzinfo=UTC)
        with suppress(KeyError, ValueError, AttributeError, TypeError):
            expiry = datetime.fromisoformat(stored["expiry"])
            expiry = expiry if expiry.tzinfo else expiry.replace(tzinfo=UTC)
        if use_file and stored.get("token") and expiry > datetime.now(UTC) + timedelta(minutes=1):
            self._token, self._until = stored["token"], expiry - timedelta(minutes=1)
            return
        form = {
            "grant_type": "refresh_token",
            "client_id": stored.get("client_id") or self.access.client_id,
            "client_secret": stored.get("client_secret") or _open(self.access.client_secret),
            "refresh_token": stored.get("refresh_token") or _open(self.access.refresh_token),
        }
        if missing := [name for name, value in form.items() if not value]:
            raise ConfigError(
                f"Google: no {', '.join(missing)}, neither in the block, the environment nor a "
                f"token file. {LOGIN}"
            )
        answer = self._post(form)
        self._token = str(answer["access_token"])
        seconds = float(answer.get("expires_in", 3600))
        self._until = datetime.now(UTC) + timedelta(seconds=seconds - 60)

    def _post(self, form: Mapping[str, Any]) -> dict[str, Any]:
        url = check_url(self.access.token_url)

        def once() -> dict[str, Any]:
            response = ask(url, "POST", url, self.settings, data=dict(form))
            if response.status_code in (400, 401):
                with suppress(ValueError):
                    body = fast_json.loads(response.content)
                    said = body.get("error_description") or body["error"]
                    raise AuthError(f"Google refuses the refresh token: {said} {LOGIN}")
            classify(response, url)
            try:
                found: dict[str, Any] = fast_json.loads(response.content)
            except ValueError:
                raise PassingError("answered with something that is not JSON") from None
            return found

        return retrying(url, once, self.settings, self.traffic)


def _dialect(answer: Answer) -> None:
    """Google describes errors in the body, and throttles with 429 and some 403."""
    problem = answer.body.get("error") if isinstance(answer.body, dict) else None
    said = problem.get("message", "") if isinstance(problem, dict) else ""
    if answer.status == httpx.codes.FORBIDDEN:
        if "rate limit" in said.lower() or "quota" in said.lower():
            raise PassingError(f"answered HTTP 403 ({said})")
        raise SourceError(
            f"This Google account may not read it: {said or 'permission denied'}. "
            "Share the file or folder with the account that logged in."
        )
    if answer.status in (400, 404):
        raise SourceError(f"Google: {said or 'not found'}. Check the spreadsheet id and its sheet.")
    plain(answer)


class Google:
    """What a plan needs of Sheets and Drive, within Google's quota of reads."""

    def __init__(
        self,
        access: GoogleWorkspaceCredentials,
        settings: Settings,
        traffic: Traffic,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        token = Token(access, settings, traffic)

        def api(base: str) -> Api:
            limiter = RateLimiter(PACE, BURST, sleep, clock)
            return Api("Google", base, settings, traffic, token.headers, _dialect, limiter)

        self.sheets, self.drive = api(access.base_url), api(access.drive_url)

    def sheet_names(self, spreadsheet: str) -> list[str]:
        """Titles of its sheets."""
        path = f"/v4/spreadsheets/{quote(spreadsheet, safe='')}"
        body = self.sheets.get(path, {"fields": "sheets.properties"})
        return [sheet["properties"]["title"] for sheet in body.get("sheets", [])]

    def values(self, spreadsheet: str, sheet: str) -> list[list[Any]]:
        """All cells of a sheet, ragged as Google sends them. Names the sheets that there are."""
        names = self.sheet_names(spreadsheet)
        if sheet not in names:
            raise SourceError(
                f"Spreadsheet {spreadsheet} has no sheet {sheet!r}. It has: {', '.join(names)}."
            )
        body = self.sheets.get(
            f"/v4/spreadsheets/{quote(spreadsheet, safe='')}/values:batchGet",
            {
                "ranges": "'" + sheet.replace("'", "''") + "'",
                "valueRenderOption": "UNFORMATTED_VALUE",
                # A formatted date depends on the sheet's locale; a serial number does not.
                "dateTimeRenderOption": "SERIAL_NUMBER",
            },
        )
        values: list[list[Any]] = body["valueRanges"][0].get("values", [])
        return values

    def files(self, folder: str, name: str) -> list[dict[str, str]]:
        """Spreadsheets of a Drive folder whose name contains `name`, all pages of them."""
        text = name.replace("\\", "\\\\").replace("'", "\\'")
        params = {
            "q": f"'{folder}' in parents and name contains '{text}' and trashed = false "
            "and mimeType = 'application/vnd.google-apps.spreadsheet'",
            "supportsAllDrives": "true",
            "includeItemsFromAllDrives": "true",
            "fields": "nextPageToken,files(id,name,modifiedTime)",
        }
        found: list[dict[str, str]] = []
        while True:
            body = self.drive.get("/drive/v3/files", params)
            found += body.get("files", [])
            if not body.get("nextPageToken"):
                return found
            params["pageToken"] = body["nextPageToken"]

    def about(self) -> str:
        """The account of the credentials."""
        body = self.drive.get("/drive/v3/about", {"fields": "user(emailAddress)"})
        return str(body["user"]["emailAddress"])


def whoami(access: GoogleWorkspaceCredentials, settings: Settings, traffic: Traffic) -> str:
    """E-mail address behind the credentials."""
    return Google(access, settings, traffic).about()
