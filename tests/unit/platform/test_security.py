"""What comes from outside stays data: names, YAML, identifiers; and who may reach the server."""

import ast
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_API_AUTH_STRING,
    PREFECT_SERVER_API_HOST,
    temporary_settings,
)

from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.domains.fantasy.sources.nflverse.datasets import PLAYER_WEEK
from ff_analytics.engine import lake
from ff_analytics.engine.accounts import tenants
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.ingest.land import quarantine_file
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.source import Batch
from ff_analytics.platform import doctor, env_file, manifest
from ff_analytics.platform.declared import files
from ff_analytics.platform.scaffold import new_product
from tests.unit.platform.test_conventions import CODE

ESCAPES = ("../x", "..", "/etc/passwd", "a/../../b", "x\x00y", "", ".hidden", "a\\b", "~root")
BOMB = "!!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path [{file!r}]]"


@pytest.mark.parametrize("name", ESCAPES)
def test_no_name_leaves_its_folder(name: str, lake_settings: Settings) -> None:
    for refuse in (load_profile, products.load, sources.load, new_product.check):
        with pytest.raises(ConfigError):
            refuse(name)
    with pytest.raises(ConfigError):
        tenants.load(name, lake_settings)


@pytest.mark.parametrize("part", [*ESCAPES, "../../../../tmp/x"])
def test_quarantined_rows_stay_in_their_folder(part: str, lake_settings: Settings) -> None:
    batch = Batch(PLAYER_WEEK, part, "nflverse", "https://host/file", {})
    file = quarantine_file(lake_settings, "nflverse", batch, "../run")
    folder = lake_settings.quarantine_dir / "nflverse" / "player_week"
    assert file.resolve().parent == folder.resolve()


def test_a_tenants_file_cannot_claim_a_name_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text("name: ../acme\n")
    settings = Settings(home=tmp_path, tenants_dir=tmp_path)
    with pytest.raises(ConfigError, match=r"acme\.yaml: name"):
        tenants.load("acme", settings)


def test_yaml_is_only_read_as_data() -> None:
    """No loader of YAML that could make objects is called anywhere."""
    unsafe = {"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}
    found = [
        f"{file.name}:{node.lineno}"
        for file in CODE
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "yaml"
        and node.attr in unsafe
    ]
    assert found == []


def test_yaml_with_code_in_it_is_refused_everywhere(
    tmp_path: Path, lake_settings: Settings
) -> None:
    touched = tmp_path / "touched"
    settings = lake_settings.model_copy(update={"home": tmp_path})
    bomb = BOMB.format(file=str(touched))
    places: dict[str, Callable[[], object]] = {
        "leagues/bomb.yaml": lambda: load_profile("bomb", settings),
        "tenants/bomb.yaml": lambda: tenants.load("bomb", settings),
        "prefect.yaml": lambda: manifest.load(tmp_path / "prefect.yaml"),
        "deployments/automations/bomb.yaml": lambda: files.load(tmp_path / "deployments"),
    }
    shutil.copytree(PROJECT_ROOT / "deployments" / "blocks", tmp_path / "deployments" / "blocks")
    for place, read in places.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text(f"name: bomb\nx: {bomb}\n")
        with pytest.raises(ConfigError):
            read()
    assert not touched.exists()


def test_names_of_tables_and_columns_are_quoted(lake_settings: Settings) -> None:
    table = 'raw_x.odd" ; DROP SCHEMA raw_x; --'
    odd = 'a"b); DROP TABLE t; --'
    frame = pl.DataFrame({'it\'s "key"': [1, 2], odd: ["x'; --", 'y"']})
    who = lake.Provenance(author="o'test", message='it\'s "one"')
    done = lake.commit(who, lambda con: lake.upsert(con, frame, table, ['it\'s "key"']))
    assert done.value.new == 2
    assert lake.read(f"FROM {lake.quote(table)} ORDER BY 1").rows() == frame.rows()


def test_a_quoted_name_is_one_identifier() -> None:
    name = 'x" FROM (SELECT 42) --'
    row = duckdb.sql(f"SELECT 1 AS {lake.quote(name)}")
    assert row.columns == [name]


def line_of_the_doctor(host: str, login: str | None) -> dict[str, str]:
    settings = {
        PREFECT_API_URL: "http://127.0.0.1:9/api",
        PREFECT_SERVER_API_HOST: host,
        PREFECT_SERVER_API_AUTH_STRING: login,
    }
    with temporary_settings(settings):
        return {line.what: line.verdict.value for line in doctor.server()}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7", "::"])
def test_the_doctor_demands_a_password_where_others_can_reach_the_server(host: str) -> None:
    assert line_of_the_doctor(host, None)["server password"] == "fail"
    assert "server password" not in line_of_the_doctor(host, "admin:long-and-random")


def test_on_this_machine_alone_it_only_advises() -> None:
    assert "server password" not in line_of_the_doctor("127.0.0.1", None)


def test_server_and_worker_bind_to_this_machine_by_default() -> None:
    import tomllib

    declared = tomllib.loads((PROJECT_ROOT / "prefect.toml").read_text())
    assert declared["server"]["api"]["host"] == "127.0.0.1"
    assert env_file.for_port(4200)["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"].count("*") == 0
