"""An access token whose refresh token changes with each use, kept in a private file.

A refresh is one exchange under a lock between processes: whoever waits finds the new pair in the
file and uses it, so that no refresh token is used twice. The new pair is stored before its first
use. A run that dies between leaves the old refresh token, which the provider has to take again
until the new one is used; Shopify does so for 30 days.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ff_analytics.engine.accounts.grants.browser import store_private
from ff_analytics.engine.accounts.grants.oauth import exchange
from ff_analytics.engine.base.errors import AuthError, SourceError, SourceUnavailable
from ff_analytics.engine.base.faults import fault_point
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.traffic import Traffic

# Refreshed before it ends, so that no question meets the end.
EARLY = timedelta(minutes=5)
LOCK_WAIT = 120.0


def pair_of(body: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is kept of the answer to a grant. Raises `KeyError` without a refresh token."""
    seconds = {name: body.get(name) for name in ("expires_in", "refresh_token_expires_in")}
    ends = {
        name.replace("_in", "_at"): (now + timedelta(seconds=float(value))).isoformat()
        for name, value in seconds.items()
        if value is not None
    }
    tokens = {name: str(body[name]) for name in ("access_token", "refresh_token")}
    return {**tokens, **ends, "scope": body.get("scope")}


@dataclass
class RotatingToken:
    """The token in `file`; `login` is the command that writes a new one."""

    who: str
    url: str
    client: Mapping[str, str] = field(repr=False)
    file: Path
    login: str
    settings: Settings
    traffic: Traffic
    _used: str | None = field(default=None, repr=False)

    def get(self, renew: bool = False) -> str:
        """The token; with `renew` another one than the last, which was refused."""
        stored = self._read()
        if self._stale(stored, renew):
            stored = self._refresh(renew)
        self._used = str(stored["access_token"])
        return self._used

    def _stale(self, stored: Mapping[str, Any], renew: bool) -> bool:
        if renew and stored["access_token"] == self._used:
            return True
        end = stored.get("expires_at")
        return end is not None and datetime.now(UTC) + EARLY >= datetime.fromisoformat(end)

    def _read(self) -> dict[str, Any]:
        found: Any = None
        with suppress(OSError, ValueError):
            found = json.loads(self.file.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not {"access_token", "refresh_token"} <= found.keys():
            raise AuthError(f"{self.who}: {self.file} contains no tokens. Log in: {self.login}")
        return found

    def _refresh(self, renew: bool) -> dict[str, Any]:
        lock = FileLock(
            self.file.with_name(f"{self.file.name}.lock"), timeout=LOCK_WAIT, mode=0o600
        )
        try:
            with lock:
                stored = self._read()
                if not self._stale(stored, renew):
                    return stored  # another run has just refreshed it
                return self._exchange(stored)
        except Timeout:
            raise SourceUnavailable(
                f"{self.who}: another process has been refreshing {self.file} for "
                f"{LOCK_WAIT:.0f} s. Run again later."
            ) from None

    def _exchange(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        form = {
            **self.client,
            "grant_type": "refresh_token",
            "refresh_token": str(stored["refresh_token"]),
        }
        try:
            body = exchange(self.who, self.url, form, self.settings, self.traffic)
        except AuthError as error:
            raise AuthError(f"{error} Log in again: {self.login}") from None
        fault_point("rotating-token.before-store")
        try:
            pair = {**stored, **pair_of(body, datetime.now(UTC))}
        except KeyError:
            raise SourceError(
                f"{self.who}: the answer to a refresh has no refresh_token. The stored one was "
                "kept; run again, and log in again if it is refused."
            ) from None
        try:
            store_private(self.file, pair)
        except OSError as error:
            raise SourceError(
                f"{self.who}: the new tokens could not be stored in {self.file} "
                f"({os.strerror(error.errno or 0)}) and are not used, so that the stored ones "
                f"stay valid. Repair the disk and run again; if they are refused: {self.login}"
            ) from None
        return pair

    def _probe(self) -> None:
        """Refuse before the exchange where the new pair could not be stored."""
        if not os.access(self.file.parent, os.W_OK):
            raise SourceError(
                f"{self.who}: {self.file.parent} is not writable, so refreshed tokens could not "
                "be stored. Nothing was requested."
            )
