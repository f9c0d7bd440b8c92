"""Spans of the past: what people type, and the steps that it becomes."""

import importlib
from datetime import date
from typing import Annotated, Any

import pytest
from prefect.exceptions import ParameterTypeError
from pydantic import BaseModel, ValidationError

from ff_analytics.cli.main import main as ff
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.spans import Spans, days_of, numbers_of
from ff_analytics.engine.sources import registry as sources
from ff_analytics.engine.sources.window import Window


def test_seasons_may_be_ranges_and_lists() -> None:
    assert numbers_of("2017:2019,2015, 2018") == [2015, 2017, 2018, 2019]


def test_one_season_is_one_step() -> None:
    steps = Window("seasons", ("seasons",)).chunks("2018:2019")
    assert [(step.label, step.options) for step in steps] == [
        ("2018", {"seasons": [2018]}),
        ("2019", {"seasons": [2019]}),
    ]


def test_dates_become_stretches_that_do_not_bridge_a_gap() -> None:
    steps = Window("dates", ("since", "until"), chunk=2).chunks("2026-02-27:2026-03-01,2026-03-09")
    assert [step.label for step in steps] == [
        "2026-02-27 to 2026-02-28",
        "2026-03-01",
        "2026-03-09",
    ]
    assert steps[0].options == {"since": date(2026, 2, 27), "until": date(2026, 2, 28)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019:2015", "runs backwards"),
        ("2015:20190", "steps, more than"),
        ("twenty", "is not a whole number"),
        (" , ", "The window is empty"),
        ("2015:", "is open"),
        (":2015", "is open"),
    ],
)
def test_a_wrong_span_is_explained(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        numbers_of(text)


class Loaded(BaseModel):
    """Options with seasons, as a source has them."""

    seasons: Annotated[list[int] | None, Spans()] = None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2015:2017", [2015, 2016, 2017]),
        ("2015,2017", [2015, 2017]),
        ("2015", [2015]),
        (2015, [2015]),
        ([2017, "2015:2016"], [2017, 2015, 2016]),
        ([2015], [2015]),
        (None, None),
    ],
)
def test_an_option_takes_seasons_as_people_type_them(typed: Any, meant: list[int] | None) -> None:
    assert Loaded(seasons=typed).seasons == meant


@pytest.mark.parametrize("typed", ["2019:2015", "20x5", "", ["20x5"], [True, {}]])
def test_an_option_refuses_what_is_no_span(typed: Any) -> None:
    with pytest.raises(ValidationError):
        Loaded(seasons=typed)


def test_a_deployment_takes_the_same_words() -> None:
    flow = importlib.import_module("flows.ingest").nflverse
    assert flow.validate_parameters({"seasons": "2015:2017"})["seasons"] == [2015, 2016, 2017]
    kinds = flow.parameters.properties["seasons"]["anyOf"]
    assert {kind["type"] for kind in kinds} == {"array", "null", "string"}
    with pytest.raises(ParameterTypeError, match="2019:2015 runs backwards"):
        flow.validate_parameters({"seasons": "2019:2015"})


@pytest.mark.parametrize("command", ["ingest", "run", "backfill"])
@pytest.mark.parametrize(
    ("typed", "words"), [("2019:2015", "2019:2015 runs backwards"), ("20x5", "'20x5' is not")]
)
def test_commands_explain_seasons_that_are_none(
    command: str, typed: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ff([command, "nflverse", "--seasons", typed]) == 2
    assert words in capsys.readouterr().err


def test_a_wrong_day_is_explained() -> None:
    with pytest.raises(ConfigError, match="'2026-02-30' is not a date"):
        days_of("2026-02-30")


@pytest.mark.parametrize("name", sources.names())
def test_a_window_names_options_that_the_source_has(name: str) -> None:
    source = sources.load(name)
    if source.window:
        assert set(source.window.options) <= set(source.options.model_fields)
        assert len(source.window.options) == (1 if source.window.unit == "seasons" else 2)
