"""The composite score: bounds, weights, and components that are not known."""

import numpy as np
import pytest
from pydantic import ValidationError

from ff_analytics.domains.fantasy.formulas.dynasty.composite import COMPONENTS, component, score
from ff_analytics.domains.fantasy.formulas.dynasty.dynasty_options import DynastyOptions

WEIGHTS = DynastyOptions().weights


def parts(**known: float) -> dict[str, np.ndarray]:
    return {name: np.array([known.get(name, np.nan)]) for name in COMPONENTS}


def test_the_best_in_everything_has_10000_and_the_worst_0() -> None:
    assert score(parts(**dict.fromkeys(COMPONENTS, 1.0)), WEIGHTS) == pytest.approx([10_000])
    assert score(parts(**dict.fromkeys(COMPONENTS, 0.0)), WEIGHTS) == pytest.approx([0])


def test_any_components_stay_within_the_scale() -> None:
    rng = np.random.default_rng(3)
    drawn = {name: rng.random(500) for name in COMPONENTS}
    for values in drawn.values():
        values[rng.random(500) < 0.2] = np.nan
    found = score(drawn, WEIGHTS)
    assert ((found >= 0) & (found <= 10_000)).all()


def test_each_component_raises_the_score_by_its_weight() -> None:
    for name, weight in WEIGHTS.items():
        lower, upper = ({**dict.fromkeys(COMPONENTS, 0.5), name: x} for x in (0.2, 0.6))
        gained = score(parts(**upper), WEIGHTS) - score(parts(**lower), WEIGHTS)
        assert gained == pytest.approx([weight / 100 * 0.4 * 10_000])


def test_what_is_not_known_leaves_its_weight_to_the_others() -> None:
    assert score(parts(vor=0.4, age=0.4), WEIGHTS) == pytest.approx([4_000])
    # Next season weighs 30, later ones 20.
    assert score(parts(vor=1.0, age=0.0), WEIGHTS) == pytest.approx([6_000])
    assert score(parts(), WEIGHTS) == pytest.approx([0])


def test_components_are_shares_of_the_best() -> None:
    assert component(np.array([20.0, 10.0, -5.0])).tolist() == [1.0, 0.5, 0.0]
    assert np.isnan(component(np.array([20.0, np.nan]))[1])
    assert component(np.array([0.0, -1.0])).tolist() == [0.0, 0.0]


def test_weights_are_points_of_100() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert WEIGHTS["vor"] == 30
    with pytest.raises(ValidationError, match="sum to 110; they must sum to 100"):
        DynastyOptions(weight_vor=40)
    assert DynastyOptions(weight_vor=35, weight_market=0).weights["market"] == 0
