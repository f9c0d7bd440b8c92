"""The normal distribution function, compared with scipy's."""

import numpy as np
from scipy import special

from ff_analytics.domains.fantasy.formulas.normal import ndtr


def test_it_agrees_with_scipy_in_both_tails() -> None:
    z = np.concatenate([np.linspace(-37, 9, 200_001), [-np.inf, np.inf]])
    np.testing.assert_allclose(ndtr(z), special.ndtr(z), rtol=1e-12, atol=1e-300)


def test_missing_values_stay_missing_and_shapes_are_kept() -> None:
    found = ndtr(np.array([[0.0, np.nan]]))
    assert found.shape == (1, 2)
    assert found[0, 0] == 0.5
    assert np.isnan(found[0, 1])
