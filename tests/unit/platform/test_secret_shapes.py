"""Secrets are refused as parameters, by name and by shape, and never repeated."""

import traceback
from pathlib import Path

import pytest
import yaml

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.secret_shapes import refuse_values, secret_name
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.engine.ingest import parse_options
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.run import start
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import manifest

HIDDEN = "Planted0123456789abcdefPlanted0123456789"
# Put together here, so that no scanner takes this file for a leak.
SECRETS = {
    "discord": f"https://discord.com/api/webhooks/123456/{HIDDEN}",
    "discord v10": f"https://discordapp.com/api/v10/webhooks/123456/{HIDDEN}",
    "url": f"https://admin:{HIDDEN}@example.org/releases",
    "dsn": f"postgres:host=db user=ff password={HIDDEN}",
    "query": f"https://example.org/adp.csv?token={HIDDEN}",
    "token before the host": f"https://{HIDDEN}@example.org/releases",
    "auth": f"https://example.org/adp.csv?year=2025&auth={HIDDEN}",
    "x-auth": f"https://example.org/adp.csv?x-auth-token={HIDDEN}",
    "authorization": f"https://example.org/adp.csv?Authorization={HIDDEN}",
    "client secret": f"https://example.org/adp.csv?client_secret={HIDDEN}",
    "api-key": f"https://example.org/adp.csv?api-key={HIDDEN}",
    "fragment": f"https://example.org/adp.csv#access_token={HIDDEN}",
    "signed url": f"https://s3.example.org/x?X-Amz-Signature={HIDDEN}",
    "github": "ghp" + f"_{HIDDEN}",
    "shopify": "shpat" + "_" + "0123456789abcdef" * 2,
    "klaviyo": "pk" + "_" + "0123456789abcdef" * 2 + "01",
    "meta": "EAA" + HIDDEN,
    "prefect": "pnu" + f"_{HIDDEN}",
    "key": "-----BEGIN RSA PRIVATE" + f" KEY-----\n{HIDDEN}",
    "jwt": "eyJhbGciOiJIUzI1NiJ9." + f"eyJzdWIiOiIxMjM0In0.{HIDDEN}",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_value_that_looks_like_a_secret_is_refused_and_not_repeated(kind: str) -> None:
    with pytest.raises(ConfigError, match=r"x: options\.list\.1 contains a") as caught:
        refuse_values({"options": {"list": ["fine", SECRETS[kind]]}}, "x")
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))
    assert SECRETS[kind] not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org/adp.csv?year=2025&format=half",
        "https://example.org/adp.csv?author=x&sort_key=name&passing=1&keys=2",
        "https://example.org/@someone/list?mail=a@example.org",
        "file:///srv/releases",
        "http://127.0.0.1:8080/mirror",
        "dynasty_half_ppr",
        "pk_roster",
        "2026-11-21T09:00:00",
        "mail me at someone@example.org: thanks",
    ],
)
def test_honest_values_pass(value: str) -> None:
    refuse_values({"value": value, "numbers": [1, None, True]}, "x")


@pytest.mark.parametrize(
    "name", ["token", "api_key", "apiKey", "discord_webhook_url", "DB_PASSWORD", "client-secret"]
)
def test_names_that_ask_for_a_secret(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", ["league", "keys", "tokenise", "passing", "author", "keyword"])
def test_names_that_do_not(name: str) -> None:
    assert not secret_name(name)


def test_runs_of_products_and_sources_refuse_them() -> None:
    for refuse in (
        lambda: start("valuation", {"league": SECRETS["discord"]}),
        lambda: parse_options("nflverse", {"base_url": SECRETS["url"]}),
        lambda: parse_options("nflverse", {"base_url": SECRETS["query"], "seasons": "wrong"}),
    ):
        with pytest.raises(ConfigError, match="Parameters are stored and shown in clear") as caught:
            refuse()
        assert HIDDEN not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "change",
    [
        {"parameters": {"api_token": HIDDEN}},
        {"parameters": {"league": SECRETS["discord"]}},
        {"schedules": [{"slug": "a", "cron": "wrong", "parameters": {"x": SECRETS["dsn"]}}]},
        {"work_pool": {"name": "p", "job_variables": {"env": {"META_ACCESS_TOKEN": HIDDEN}}}},
    ],
)
def test_the_manifest_refuses_them_and_does_not_repeat_them(
    tmp_path: Path, change: dict[str, object]
) -> None:
    raw = yaml.safe_load((PROJECT_ROOT / "prefect.yaml").read_text())
    raw["deployments"][0] |= change
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=r"prefect.yaml: valuation: .* in clear") as caught:
        manifest.load(file)
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))


def test_ours_have_none() -> None:
    assert {**products.broken(), **sources.broken()} == {}
    assert manifest.load()
