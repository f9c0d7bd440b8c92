"""What people read in the UI: names of runs, order of forms, keys of artifacts, lines of logs."""

import inspect
import logging
from datetime import date
from typing import Any

import pytest
from prefect.flows import load_flow_from_entrypoint
from pydantic import BaseModel

import flows
from ff_analytics.domains.fantasy.league.league import profile_names
from ff_analytics.engine.base.forms.fields import Mark, run_name
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.run import Run, start
from ff_analytics.engine.sources import registry as sources
from ff_analytics.platform import manifest
from tasks import artifacts

ENTRIES = manifest.load().deployments
DAY = date(2026, 9, 14)


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["my_league", 2025], "x my_league 2025"),
        ([[2015, 2016, 2017, 2023]], "x 2015-2017, 2023"),
        ([None, date(2026, 1, 2), date(2026, 1, 9)], "x 2026-01-02 2026-01-09"),
        ([None, []], "x 2026-09-14"),
        (["a" * 300], "x " + "a" * 97 + "…"),
    ],
)
def test_a_run_is_named_by_what_it_works_on(named: list[Any], expected: str) -> None:
    assert run_name("x", named, DAY) == expected


def _name(entrypoint: str, monkeypatch: pytest.MonkeyPatch, **parameters: Any) -> str:
    flow: Any = load_flow_from_entrypoint(entrypoint)
    defaults = {p.name: p.default for p in flow_signature(flow) if p.default is not p.empty}
    monkeypatch.setattr(
        "tasks.shown.names.flow_run.parameters", defaults | parameters, raising=False
    )
    return str(flow.flow_run_name())


def flow_signature(flow: Any) -> Any:
    return inspect.signature(flow.fn).parameters.values()


@pytest.mark.parametrize(
    ("entrypoint", "parameters", "expected"),
    [
        ("flows.analytics.valuation", {"season": 2024}, "valuation dynasty_half_ppr 2024"),
        ("flows.ingest.nflverse", {"seasons": [2023, 2024]}, "nflverse 2023-2024"),
        ("flows.ingest.market_values", {"provider": "fantasycalc"}, "market-values fantasycalc"),
        ("flows.leagues.valuation", {"season": 2023}, "valuation all leagues 2023"),
        ("flows.content_plan_to_jira.content_plan", {}, "content-plan example validate_only"),
    ],
)
def test_each_flow_names_its_run(
    entrypoint: str, parameters: dict[str, Any], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _name(entrypoint, monkeypatch, **parameters) == expected


@pytest.mark.parametrize(
    "wrong", [{"league": "https://user:geheim7@example.org"}, {"season": "ghp_" + "a1B2" * 9}]
)
def test_a_wrong_or_secret_parameter_is_no_part_of_the_name(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _name("flows.analytics.valuation", monkeypatch, **wrong)
    assert name.startswith("valuation 20")
    assert str(*wrong.values()) not in name


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.entrypoint)
def test_every_deployed_flow_names_its_runs(entry: manifest.Deployment) -> None:
    assert load_flow_from_entrypoint(entry.entrypoint).flow_run_name


def test_no_two_deployments_have_the_same_name() -> None:
    called = [entry.name for entry in ENTRIES]
    assert sorted(set(called)) == sorted(called)


def test_the_form_offers_the_leagues_and_takes_others() -> None:
    schema = load_flow_from_entrypoint("flows.analytics.valuation").parameters
    listed, free = schema.properties["league"]["anyOf"]
    assert listed["enum"] == profile_names()
    assert free["type"] == "string"
    assert "enum" not in free


MODELS: dict[str, type[BaseModel]] = {name: products.load(name).params for name in products.names()}
MODELS |= {name: sources.load(name).options for name in sources.names()}


@pytest.mark.parametrize("name", MODELS)
def test_the_form_shows_what_names_a_run_first_and_advanced_parameters_last(name: str) -> None:
    group = "ingest" if name in sources.names() else "analytics"
    schema = load_flow_from_entrypoint(f"flows.{group}.{name.replace('-', '_')}").parameters
    order = sorted(schema.properties, key=lambda field: schema.properties[field]["position"])
    marks = [MODELS[name].model_fields[field].metadata for field in order]
    ranks = [(Mark.ADVANCED in m) - (Mark.NAMES_RUN in m) for m in marks]
    assert ranks == sorted(ranks)
    assert ranks[-1] == 1


def _run(**parameters: Any) -> Run:
    return start("valuation", parameters)


def test_artifacts_say_league_and_season() -> None:
    run = _run(league="superflex_tep", season=2024)
    run.report_links = ["/data/reports/valuation/superflex_tep/2026-09-01.html"]
    assert artifacts.artifact_key(run, "top") == "valuation-superflex-tep-scenario-top"
    assert artifacts.about(run) == "valuation superflex_tep 2024 (scenario)"
    assert artifacts.about(_run()) == "valuation dynasty_half_ppr"
    page = artifacts.summary_markdown(run, run.close())
    assert page.startswith("# valuation superflex_tep 2024 (scenario): completed")
    assert (
        "[superflex_tep/2026-09-01.html](file:///data/reports/valuation/superflex_tep/2026-" in page
    )
    assert "| reads | `marts.mrt_fantasy_actuals_weekly` |" in page


def test_tasks_end_without_a_line_of_their_own() -> None:
    assert flows.__doc__
    logger = logging.getLogger("prefect.task_runs")
    lines = ("Finished in state Completed()", "Finished in state Failed('boom')", "3 rows")
    records = [logger.makeRecord("x", logging.INFO, "", 0, line, (), None) for line in lines]
    assert [bool(logger.filter(record)) for record in records] == [False, True, True]
