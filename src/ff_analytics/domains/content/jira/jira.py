"""Jira Cloud, REST v3: what is needed to create each issue once."""

import base64
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from ff_analytics.domains.content.jira.credentials import JiraCredentials
from ff_analytics.engine.base.errors import (
    AuthError,
    SourceError,
    SourceMissing,
    SourceUnavailable,
)
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, TokenRefused, plain
from ff_analytics.engine.http.traffic import Traffic

# Jira takes 50 issues in one request; below it there is room for what proxies add.
BATCH = 45
PROPERTY = "contentplan.source"


class Uncertain(Exception):
    """A request that may have been carried out: look before sending it again."""


class _NotProcessed(PassingError):
    """Refused before anything was done (429): may be sent again."""


def _error_text(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    errors = body.get("errors")
    fields = [f"{k}: {v}" for k, v in errors.items()] if isinstance(errors, dict) else []
    return "; ".join([*map(str, body.get("errorMessages") or []), *fields])


def _reading(answer: Answer) -> None:
    if answer.status in (400, 403):
        raise SourceError(f"Jira refused: {_error_text(answer.body) or f'HTTP {answer.status}'}.")
    plain(answer)


def _creating(answer: Answer) -> None:
    """A create is only sent again when Jira confirms that it did nothing."""
    if answer.status == httpx.codes.UNAUTHORIZED:
        raise TokenRefused
    if answer.status == httpx.codes.TOO_MANY_REQUESTS:
        try:
            plain(answer)
        except PassingError as later:
            raise _NotProcessed(str(later), later.wait) from None
    if isinstance(answer.body, dict) and "issues" in answer.body and answer.status in (201, 400):
        return
    if answer.status == httpx.codes.FORBIDDEN:
        raise AuthError(f"This account may not create issues in Jira: {_error_text(answer.body)}.")
    if 400 <= answer.status < 500:
        raise SourceError(f"Jira refused: {_error_text(answer.body) or f'HTTP {answer.status}'}.")
    raise PassingError(f"answered HTTP {answer.status}")


def _updating(answer: Answer) -> None:
    if answer.status in (200, 204):
        return
    _reading(answer)


SCOPES = "read:jira-work, write:jira-work and read:jira-user"


def _login(access: JiraCredentials) -> str:
    """The Authorization header: of an account with its token, or of a token alone."""
    token = access.token.get_secret_value()
    if access.username:
        return "Basic " + base64.b64encode(f"{access.username}:{token}".encode()).decode()
    return f"Bearer {token}"


def _refused(access: JiraCredentials) -> AuthError:
    who = f"the credentials of {access.username}" if access.username else "the token"
    if access.cloud_id:
        how = f"Is the token valid, has it the scopes {SCOPES}, and access to this site?"
    else:
        how = (
            "Create a new API token and put it into the block, or JIRA_TOKEN. A token with scopes "
            "or of a service account needs JIRA_CLOUD_ID, too."
        )
    return AuthError(f"Jira ({access.url}) refuses {who}. {how}")


def _host(url: Any) -> str:
    return urlsplit(str(url)).netloc.lower()


class Jira:
    """One site; `url` as a person opens it.

    With a cloud id requests go through Atlassian's gateway. The first one makes sure that the id
    is that of the site, whose address the ledger and links use.
    """

    def __init__(self, access: JiraCredentials, settings: Settings, traffic: Traffic) -> None:
        self.url = access.url.rstrip("/")
        header = {"Authorization": _login(access)}

        def authorise(renew: bool) -> Mapping[str, str]:
            if renew:
                raise _refused(access)
            return header

        self.attempts = settings.http_attempts
        self.sleep: Callable[[float], None] = time.sleep
        once = settings.model_copy(update={"http_attempts": 1})
        base = access.api_url
        self._reads = Api("Jira", base, settings, traffic, authorise, _reading)
        self._creates = Api("Jira", base, once, traffic, authorise, _creating)
        self._updates = Api("Jira", base, settings, traffic, authorise, _updating)
        self._unchecked, self._lock = bool(access.cloud_id), threading.Lock()

    def _of_site(self, api: Api) -> Api:
        """The api, once it is known to be that of the site."""
        with self._lock:
            if self._unchecked:
                said = self._reads.get("/rest/api/3/serverInfo")
                found = [said.get(name) for name in ("baseUrl", "displayUrl") if said.get(name)]
                if _host(self.url) not in map(_host, found):
                    raise AuthError(
                        f"The cloud id belongs to {' or '.join(map(str, found)) or 'no site'}, not "
                        f"to {self.url}. Nothing was read or written; correct JIRA_CLOUD_ID or "
                        "JIRA_URL."
                    )
                self._unchecked = False
        return api

    @property
    def _read(self) -> Api:
        return self._of_site(self._reads)

    def browse(self, key: str) -> str:
        """Address of an issue for people."""
        return f"{self.url}/browse/{key}"

    def myself(self) -> dict[str, Any]:
        body: dict[str, Any] = self._read.get("/rest/api/3/myself")
        return body

    def fields(self, project: str, issue_type: str) -> dict[str, dict[str, Any]]:
        """Fields of the create screen by id. Raises `SourceError` for a wrong project or type."""
        path = f"/rest/api/3/issue/createmeta/{project}/issuetypes/{issue_type}"
        found: dict[str, dict[str, Any]] = {}
        while True:
            params = {"startAt": str(len(found)), "maxResults": "200"}
            try:
                body = self._read.get(path, params)
            except SourceMissing:
                raise SourceError(
                    f"Jira has no project {project} with issue type {issue_type}, "
                    "or this account may not create issues there."
                ) from None
            page = body.get("fields") or body.get("results") or []
            found |= {field["fieldId"]: field for field in page}
            if not page or len(found) >= int(body.get("total", 0)):
                return found

    def search(self, jql: str, reconcile: Sequence[int] = ()) -> list[dict[str, Any]]:
        """Issues with labels, status, summary and our property; all pages."""
        body: dict[str, Any] = {
            "jql": jql,
            "fields": ["labels", "status", "summary"],
            "properties": [PROPERTY],
            "maxResults": 100,
        }
        if reconcile:
            body["reconcileIssues"] = list(reconcile)[:50]
        issues: list[dict[str, Any]] = []
        while True:
            page = self._read.post("/rest/api/3/search/jql", body)
            issues += page.get("issues", [])
            if page.get("isLast", True) or not page.get("nextPageToken"):
                return issues
            body["nextPageToken"] = page["nextPageToken"]

    def exists(self, issue: str) -> bool:
        """False when the issue was deleted, or this account may not see it."""
        try:
            self._read.get(f"/rest/api/3/issue/{quote(issue, safe='')}", {"fields": "labels"})
        except SourceMissing:
            return False
        return True

    def bulk_create(self, issues: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Create up to `BATCH` issues: Jira's answer with `issues` and `errors`.

        Raises `Uncertain` when it is unknown whether the issues were created, `SourceUnavailable`
        when they were not, `SourceError` when Jira rejects the whole request.
        """
        for attempt in range(self.attempts):
            try:
                answer = self._of_site(self._creates).request(
                    "POST", "/rest/api/3/issue/bulk", json={"issueUpdates": list(issues)}
                )
            except SourceUnavailable as error:
                cause = error.__cause__
                if isinstance(cause, _NotProcessed) and attempt + 1 < self.attempts:
                    self.sleep(2.0**attempt if cause.wait is None else cause.wait)
                    continue
                # A connection that never stood has carried nothing.
                if cause is None or isinstance(cause, _NotProcessed | httpx.ConnectError):
                    raise
                raise Uncertain(str(error)) from error
            body: dict[str, Any] = answer.body
            return body
        raise AssertionError("unreachable")

    def update(self, key: str, issue: Mapping[str, Any]) -> None:
        """Set the fields and our property of an issue; may safely be sent twice."""
        self._of_site(self._updates).request(
            "PUT", f"/rest/api/3/issue/{quote(key, safe='')}", json=dict(issue)
        )

    def user(self, account: str) -> dict[str, Any] | None:
        """The user with this account id; None if it does not exist."""
        found = self._read.get("/rest/api/3/user/search", {"accountId": account})
        return next((user for user in found if user.get("accountId") == account), None)


def whoami(access: JiraCredentials, settings: Settings, traffic: Traffic) -> str:
    """Display name behind the credentials."""
    return str(
        Jira(access, settings, traffic)
        .myself()
        .get("displayName", access.username or "the token's account")
    )
