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

run *args:
    scripts/run "$@"

backfill *args:
    scripts/backfill "$@"

sql *args:
    scripts/sql "$@"

new-product name:
    scripts/new-product "$@"

new-source name:
    scripts/new-source "$@"

dbt-run *args:
    scripts/dbt run "$@"

dbt-test *args:
    scripts/dbt test "$@"

benchmark *args:
    .venv/bin/python -m benchmarks "$@"

# Make the lock anew from pyproject.toml (needs uv).
lock:
    uv pip compile --universal --generate-hashes --no-header --no-emit-index-url --extra test pyproject.toml -o requirements.lock
