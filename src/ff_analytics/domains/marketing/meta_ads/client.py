"""Meta Marketing API: insights by day, directly or as an asynchronous report job.

Meta answers throttling with status 400 and a code in the body, and puts the wait (minutes) into
headers; so the status alone is not sufficient.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from ff_analytics.domains.marketing.meta_ads.credentials import MetaAdsCredentials
from ff_analytics.engine.accounts.rows import gathered, once
from ff_analytics.engine.base.errors import AuthError, SourceError, SourceUnavailable
from ff_analytics.engine.base.prefetch import prefetch
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http import fast_json
from ff_analytics.engine.http.api import Answer, Api, RateLimiter, plain, throttled
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Traffic

T = TypeVar("T")
Shape = Callable[[list[dict[str, Any]]], T]

FIELDS = ("account_id", "impressions", "clicks", "reach", "spend", "actions", "action_values")
LEVELS = ("account", "campaign", "adset", "ad")
# Insights leave out deleted and archived objects unless these states are named; each level knows
# its own (EffectiveStatus of Campaign, AdSet and Ad in Meta's SDK).
_ANY_STATUS = ("ACTIVE", "ARCHIVED", "DELETED", "IN_PROCESS", "PAUSED", "WITH_ISSUES")
STATUSES = {
    "campaign": _ANY_STATUS,
    "adset": (*_ANY_STATUS, "CAMPAIGN_PAUSED"),
    "ad": (
        *(*_ANY_STATUS, "CAMPAIGN_PAUSED", "ADSET_PAUSED", "DISAPPROVED", "PENDING_BILLING_INFO"),
        *("PENDING_REVIEW", "PREAPPROVED"),
    ),
}
# What a purchase is credited to: each ad set's own attribution setting (`value` of an action), and
# the two windows that compare ad sets with different settings.
WINDOWS = ("7d_click", "1d_view")
# Rows in an answer: a direct question computes them while we wait, a report job has them ready.
PAGE, JOB_PAGE = 500, 1000
# Records per conversion to rows: typing one page costs as much as typing several.
SHAPED_AT_ONCE = 8_000
# Direct questions past this many days time out on larger accounts; a report job does not.
DIRECT_DAYS = 31
USAGE_LIMIT = 90  # percent of a quota; beyond it requests are spaced out

_THROTTLES = {4, 17, 32, 341, 613, *range(80000, 80015)}
_AUTH = {102, 190}
_TOO_MUCH = 1487534
_FAILED = ("Job Failed", "Job Skipped")


class TooMuchData(SourceError):
    """The range is too large for one report; halve it."""


def _usages(answer: Answer) -> Iterator[dict[str, Any]]:
    for name in ("x-business-use-case-usage", "x-ad-account-usage", "x-fb-ads-insights-throttle"):
        try:
            found = fast_json.loads(answer.headers.get(name, "{}").encode())
        except ValueError:
            continue
        yield from (entry for value in found.values() if isinstance(value, list) for entry in value)
        yield {key: value for key, value in found.items() if isinstance(value, int | float)}


def wait_of(answer: Answer) -> float | None:
    """Seconds until Meta serves this account again, from any of the headers."""
    waits = [
        max(
            60.0 * float(usage.get("estimated_time_to_regain_access", 0)),
            float(usage.get("reset_time_duration", 0)),
        )
        for usage in _usages(answer)
    ]
    return max(waits, default=0.0) or None


def _nearly_used_up(answer: Answer) -> bool:
    names = ("call_count", "total_cputime", "total_time", "acc_id_util_pct")
    return any(float(u.get(n, 0)) >= USAGE_LIMIT for u in _usages(answer) for n in names)


def dialect(limiter: RateLimiter) -> Callable[[Answer], None]:
    """Read `error.code` of the body; a full quota slows the next requests down."""

    def classify(answer: Answer) -> None:
        error = answer.body.get("error") if isinstance(answer.body, dict) else None
        if not isinstance(error, dict):
            if _nearly_used_up(answer):
                limiter.hold(2.0)
            return plain(answer)
        code, sub = error.get("code"), error.get("error_subcode")
        said = f"{public(answer.url)} answered code {code}: {error.get('message', '')}"
        if code in _THROTTLES:
            raise throttled(f"{said} (throttled)", wait_of(answer))
        if sub == _TOO_MUCH or "reduce the amount of data" in str(error.get("message", "")):
            raise TooMuchData(said)
        if code in _AUTH or code == 10 or (isinstance(code, int) and 200 <= code < 300):
            raise AuthError(
                f"{said}. Give the system user a new token with ads_read for this account."
            )
        if code in (1, 2) or error.get("is_transient") or answer.status >= 500:
            raise PassingError(said)
        raise SourceError(f"{said}. Check the account, the fields and the API version.")

    return classify


def connect(credentials: MetaAdsCredentials, settings: Settings, traffic: Traffic, who: str) -> Api:
    """The API with its token in a header, where no log of addresses shows it."""
    token = credentials.access_token.get_secret_value()
    # Meta counts by the hour and reports the quota in headers; requests that follow one
    # another need no further limit.
    limiter = RateLimiter(rate=1000.0, burst=1000)

    def authorise(renew: bool) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    return Api(
        who,
        credentials.base_url,
        settings,
        traffic,
        authorise,
        dialect=dialect(limiter),
        limiter=limiter,
    )


def client(credentials: MetaAdsCredentials, settings: Settings, traffic: Traffic) -> Api:
    """The client for these credentials, ready to use."""
    return connect(credentials, settings, traffic, "Meta Ads")


def whoami(credentials: MetaAdsCredentials, settings: Settings, traffic: Traffic) -> str:
    """Name behind the token."""
    api = client(credentials, settings, traffic)
    return str(api.get("me", {"fields": "id,name"}).get("name", "unnamed"))


@dataclass(frozen=True)
class Insights:
    """The insights of one account.

    `poll` are the first and the longest interval between two polls of a report job, in seconds;
    a job without progress for `patience` seconds is abandoned.
    """

    api: Api
    account: str
    level: str
    poll: tuple[float, float] = (0.25, 15.0)
    patience: float = 300.0
    sleep: Callable[[float], None] = time.sleep

    def describe(self) -> dict[str, Any]:
        """Currency and timezone of the account.

        Raises `SourceError` when the provider answers for another account than requested.
        """
        found = self.api.get(f"act_{self.account}", {"fields": "account_id,currency,timezone_name"})
        self.check(found.get("account_id"))
        return dict(found)

    def check(self, answered: Any) -> None:
        """Refuse rows of another account: the token belongs to that account."""
        if str(answered).removeprefix("act_") != self.account:
            raise AuthError(
                f"{self.api.who}: Meta answered for account {answered}. The token belongs to "
                "another tenant; nothing was loaded."
            )

    def pages(self, since: date, until: date, shape: Shape[T]) -> Iterator[T]:
        """Insight records by day, some pages at a time as returned by `shape`.

        Ranges that Meta rejects as too large are halved. The rejection may come halfway, so a range
        is read completely before its first page is yielded; shaped, because a year of records is
        a gigabyte of Python objects.
        """
        direct = (until - since).days < DIRECT_DAYS
        try:
            read = self._direct(since, until) if direct else self._job(since, until)
            got = [shape(records) for records in gathered(prefetch(read), SHAPED_AT_ONCE)]
        except TooMuchData as error:
            if since == until:
                raise SourceError(
                    f"{error}. One day is too much already: load a coarser level."
                ) from None
            middle = since + (until - since) // 2
            yield from self.pages(since, middle, shape)
            yield from self.pages(middle + timedelta(days=1), until, shape)
        else:
            yield from got

    def _question(self, since: date, until: date) -> dict[str, str]:
        named = LEVELS[1 : LEVELS.index(self.level) + 1]
        fields = (*FIELDS, *(f"{name}_{part}" for name in named for part in ("id", "name")))
        asked = {"level": self.level}
        if self.level in STATUSES:  # The totals of an account include the spend of deleted objects.
            field, states = f"{self.level}.effective_status", STATUSES[self.level]
            asked["filtering"] = json.dumps([{"field": field, "operator": "IN", "value": states}])
        return {
            **asked,
            "time_increment": "1",
            "time_range": json.dumps({"since": str(since), "until": str(until)}),
            "fields": ",".join(fields),
            "action_attribution_windows": json.dumps(["default", *WINDOWS]),
        }

    def _read(
        self, path: str, question: dict[str, str], size: int
    ) -> Iterator[list[dict[str, Any]]]:
        def answers() -> Iterator[tuple[str | None, list[dict[str, Any]]]]:
            after: str | None = None
            while True:
                more = {"after": after} if after else {}
                body = self.api.get(path, {**question, "limit": str(size), **more})
                for answered in {record.get("account_id") for record in body["data"]}:
                    self.check(answered)
                paging = body.get("paging", {})
                after = paging.get("cursors", {}).get("after") if "next" in paging else None
                yield after, body["data"]
                if after is None:
                    return

        return once(answers(), self.api.who)

    def _direct(self, since: date, until: date) -> Iterator[list[dict[str, Any]]]:
        return self._read(f"act_{self.account}/insights", self._question(since, until), PAGE)

    def _job(self, since: date, until: date) -> Iterator[list[dict[str, Any]]]:
        for _ in range(3):
            started = self.api.post(
                f"act_{self.account}/insights", None, self._question(since, until)
            )
            job = str(started["report_run_id"])
            if self._finished(job):
                return self._read(f"{job}/insights", {}, JOB_PAGE)
            self.sleep(self.poll[0])
        raise SourceUnavailable(
            f"{self.api.who}: the report of {since} to {until} failed or stalled three times. "
            "Run again later."
        )

    def _finished(self, job: str) -> bool:
        """Wait for the job; False when it failed or stalled and should be started again."""
        pause, waited, best = self.poll[0], 0.0, -1
        while waited <= self.patience:
            state = self.api.get(job)
            if state.get("async_status") == "Job Completed":
                return True
            if state.get("async_status") in _FAILED:
                if state.get("error_subcode") == _TOO_MUCH:
                    raise TooMuchData(str(state.get("error_message", "too much data")))
                return False
            done = int(state.get("async_percent_completion", 0))
            if done > best:
                best, waited = done, 0.0
            self.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, self.poll[1])
        return False
