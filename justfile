# Recipes are the scripts under short names; `just` is optional.

set positional-arguments  # so that a query keeps its quotes

default:
    @just --list

bootstrap:
    scripts/bootstrap

quickstart *args:
    scripts/quickstart "$@"

test *args:
    scripts/test "$@"

# Any interleaving of runs and kills, 100 kills; FF_TEST_SEED repeats the choices of a run.
test-nightly:
    scripts/test --nightly

# Branch coverage of the unit tests; fails below the floor, which may only rise.
coverage *args:
    .venv/bin/python -m pytest -n 2 tests/unit --cov --cov-fail-under=52 "$@"

run *args:
    scripts/ff run "$@"

backfill *args:
    scripts/ff backfill "$@"

sql *args:
    scripts/ff sql "$@"

new-product name:
    scripts/ff new product "$@"

new-source name:
    scripts/ff new source "$@"

dbt-run *args:
    scripts/ff dbt run "$@"

dbt-test *args:
    scripts/ff dbt test "$@"

benchmark *args:
    .venv/bin/python -m benchmarks "$@"

# Resolve the locks from pyproject.toml (needs uv): what running needs, and the same with the tests.
lock:
    uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --extra build --extra dask --extra demo --extra mcp pyproject.toml -o requirements.lock
    uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --extra test --constraint requirements.lock pyproject.toml -o requirements-dev.lock

# Known vulnerabilities of the locked packages (needs uv and the network). Strict, so that a
# package which could not be looked up does not pass for a sound one.
audit:
    uvx pip-audit --requirement requirements-dev.lock --require-hashes --disable-pip --strict --progress-spinner off
