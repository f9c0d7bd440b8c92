"""What a user reads when a file, setting or parameter is wrong."""

import re
from datetime import date
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import checked, explain
from ff_analytics.engine.base.settings import PROJECT_ROOT, get_settings
from ff_analytics.engine.products.run import start

JARGON = re.compile(
    r"Input should|Extra inputs|Field required|at least \d+ item|valid (integer|string|dict)"
    r"|parse|Value error|\.(int|date|str|float)\b|function-|type="
)


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rate: float = Field(ge=0, le=1)
    names: list[str] = Field(default=["a"], min_length=1)


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")

    season: int | None = None
    as_of: int | date | None = None
    mode: Literal["fast", "exact"] = "fast"
    steps: list[Step] = []
    shares: dict[str, float] = Field(default={"a": 1.0}, min_length=1)
    either: Step | int = 1
    key: SecretStr | None = None
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone == "Mars":
            raise ValueError("no timezone of the tz database")
        return zone


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"season": "x"}, "season is 'x'; it must be a whole number."),
        ({"season": 2024.5}, "season is 2024.5; it must be a whole number."),
        (
            {"as_of": "yesterday"},
            "as_of is 'yesterday'; it must be a whole number or a date such as 2026-09-01.",
        ),
        ({"mode": "quick"}, "mode is 'quick'; it must be 'fast' or 'exact'."),
        ({"steps": 3}, "steps is 3; it must be a list."),
        ({"steps": [{"rate": 2}]}, "steps.0.rate is 2; it must be at most 1.0."),
        ({"steps": [{}]}, "steps.0.rate is missing."),
        ({"steps": [{"rate": 1, "names": []}]}, "steps.0.names must contain 1 or more entries."),
        ({"shares": {}}, "shares must contain 1 or more entries."),
        ({"shares": {"a": "much"}}, "shares.a is 'much'; it must be a number."),
        ({"either": {"rate": 3}}, "either.rate is 3; it must be at most 1.0."),
        ({"season_": 1}, "season_ is unknown; did you mean season?"),
        ({"steps": [{"rate": 1, "name": []}]}, "steps.0.name is unknown; did you mean names?"),
        ({"zone": "Mars"}, "zone is 'Mars': no timezone of the tz database."),
        ({"key": 3}, "key is 3; it must be a text."),
    ],
)
def test_one_sentence_names_place_value_and_what_is_accepted(
    given: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(Form, given, "form.yaml")
    assert str(caught.value) == f"form.yaml: {sentence}"
    assert not JARGON.search(sentence)


def test_all_mistakes_are_listed_one_line_each() -> None:
    with pytest.raises(ConfigError) as caught:
        checked(Form, {"season": "x", "mode": 1, "step": []}, "form.yaml")
    assert str(caught.value).splitlines() == [
        "form.yaml: step is unknown; did you mean steps?",
        "form.yaml: season is 'x'; it must be a whole number.",
        "form.yaml: mode is 1; it must be 'fast' or 'exact'.",
    ]


def test_a_misspelt_required_name_is_one_mistake() -> None:
    with pytest.raises(ConfigError) as caught:
        checked(Step, {"rates": 1})
    assert str(caught.value) == "rates is unknown; did you mean rate?"


@pytest.mark.parametrize("value", ["https://user:pw@host/x", "ghp_" + "a" * 36, "x" * 80])
def test_long_values_and_secrets_are_not_repeated(value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked(Form, {"season": value})
    assert str(caught.value) == "season must be a whole number."
    with pytest.raises(ValidationError) as refused:
        Form.model_validate({"season": "short"})
    assert "short" not in explain(refused.value, values=False)


def test_something_else_than_a_mapping_names_the_fields() -> None:
    with pytest.raises(ConfigError, match=r"it must be a mapping of rate, names\."):
        checked(Step, ["rate"])


def test_a_parameter_and_a_setting_are_named_as_the_user_knows_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConfigError) as caught:
        start("valuation", {"as_of": "soon", "seasons_": 2024})
    assert len(str(caught.value).splitlines()) == 2
    assert not JARGON.search(str(caught.value))
    monkeypatch.setenv("FF_HTTP_ATTEMPTS", "many")
    get_settings.cache_clear()
    with pytest.raises(ConfigError, match="FF_HTTP_ATTEMPTS is 'many'; it must be a whole number"):
        get_settings()


def test_no_other_module_translates_the_messages_of_pydantic() -> None:
    readers = {
        str(file.relative_to(PROJECT_ROOT / "src/ff_analytics"))
        for file in (PROJECT_ROOT / "src/ff_analytics").rglob("*.py")
        if re.search(r"""\[["']msg["']\]""", file.read_text())
        and "ValidationError" in file.read_text()
    }
    assert readers == {"engine/base/forms/problems.py"}
