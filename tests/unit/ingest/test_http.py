"""Which addresses may be read, and what an answer means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from ff_analytics.engine.base.errors import ConfigError, SourceError, SourceMissing
from ff_analytics.engine.base.retries import PassingError
from ff_analytics.engine.http.client import check_url, classify, public, retry_after


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/releases",
        "http://127.0.0.1:8080/x",
        "http://localhost/x",
        "http://[::1]:80/x",
        "file:///data/nflverse",
    ],
)
def test_allowed_addresses(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/releases",
        "http://127.0.0.1.example.org/",
        "http://localhost.example.org/",
        "file://host/share",
        "file:relative",
        "ftp://example.org/x",
        "/data/nflverse",
        "https:///nohost",
        "https://host:notaport/",
    ],
)
def test_refused_addresses(url: str) -> None:
    with pytest.raises(ConfigError, match=r"https://"):
        check_url(url)


def test_messages_hold_no_credentials() -> None:
    assert public("https://me:secret@host:1/a/b?token=secret") == "https://host:1/a/b"


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_passing_answers_may_be_asked_again(status: int) -> None:
    with pytest.raises(PassingError):
        classify(httpx.Response(status), "https://host/x")


@pytest.mark.parametrize(
    ("status", "kind"), [(404, SourceMissing), (410, SourceMissing), (401, SourceError)]
)
def test_final_answers_name_the_address(status: int, kind: type[SourceError]) -> None:
    with pytest.raises(kind, match="https://host/x"):
        classify(httpx.Response(status), "https://host/x?key=secret")


def test_retry_after_in_both_forms() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    seconds = [
        retry_after(httpx.Response(429, headers={"Retry-After": value}))
        for value in ("7", later, later.replace("GMT", "-0000"), "soon", "")
    ]
    assert seconds[0] == 7.0
    assert seconds[1:3] == pytest.approx([90, 90], abs=2)
    assert seconds[3:] == [None, None]
