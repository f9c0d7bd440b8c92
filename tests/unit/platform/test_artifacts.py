"""What artifacts hold must be JSON, whatever the products' columns are."""

import json
from datetime import date
from decimal import Decimal

import pytest

from tasks.artifacts import cell


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 3, 8), "2026-03-08"),
        (Decimal("12.345000"), 12.35),
        (0.126, 0.13),
        (True, True),
        ("USD", "USD"),
        (None, None),
    ],
)
def test_every_kind_of_value_is_shown(value: object, shown: object) -> None:
    assert json.loads(json.dumps(cell(value))) == shown
