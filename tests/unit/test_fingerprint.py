"""Equal failures have states of one name, whatever number, time, id or folder their text holds."""

import pytest

from ff_analytics.engine.base.errors import failure_key, state_name

EQUAL = [
    (
        "load-mart: lake-missing: The lake {folder}/catalog.sqlite could not be opened at snapshot "
        "{number}.",
        [
            {"folder": "/tmp/pytest-1/data/lake", "number": 411},
            {"folder": "/srv/data/lake", "number": 412},
        ],
    ),
    (
        "x: lake-busy: locked for {age}, since {when}.",
        [
            {"age": "12 s", "when": "2026-09-01T12:00:00.123+00:00"},
            {"age": "3.5 s", "when": "2026-09-01 12:07:31+00:00"},
        ],
    ),
    (
        "compute: contract: valuation: vor x {count}: rows in quarantine/{run}.parquet",
        [
            {"count": "3", "run": "0190b8a2-1111-7222-8333-abcdefabcdef"},
            {"count": "1,204", "run": "0190b8a3-2222-7333-8444-fedcbafedcba"},
        ],
    ),
    (
        "build: OSError: /tmp/{name}/x.tmp of process {pid}",
        [
            {"name": "tmpa8f_k2", "pid": 2231},
            {"name": "tmpzz9", "pid": 17},
        ],
    ),
    (
        "s: source: commit {commit} is missing after {share}%",
        [
            {"commit": "3f2a9c11d0", "share": 4},
            {"commit": "99ffab0", "share": 45.5},
        ],
    ),
]
DIFFERENT = [
    "compute: source: the provider answered HTTP 404.",
    "compute: source: the provider answered HTTP 503.",
    "load-mart: source: the provider answered HTTP 503.",
    "load-mart: contract: the provider answered HTTP 503.",
    "parameters: configuration: There is no league 'x'.",
    "parameters: configuration: There is no league 'y'.",
    "dbt: dbt: test unique_player_1 failed: 2 rows.",
    "dbt: dbt: test unique_player_2 failed: 2 rows.",
    "",
]


@pytest.mark.parametrize(("line", "values"), EQUAL)
def test_what_changes_by_run_does_not_tell_failures_apart(
    line: str, values: list[dict[str, object]]
) -> None:
    first, second = (state_name(line.format(**each)) for each in values)
    assert first == second


def test_what_failed_tells_failures_apart() -> None:
    assert len({state_name(line) for line in DIFFERENT}) == len(DIFFERENT)


def test_the_name_says_stage_and_kind() -> None:
    name = state_name("compute: contract: vor x 3")
    assert name.startswith("Failed in compute (contract, ")
    assert len(state_name("x" * 5000)) < 200


def test_a_state_of_another_flow_is_told_apart_by_its_message() -> None:
    assert failure_key("TimedOut", "exceeded 1 second") == "exceeded 1 second"
