"""The image's recipe: lint, lock, what reaches the build, and the words of its steps."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform.declared import files
from ff_analytics.platform.docker import context, rehearse

DOCKERFILE = rehearse.DOCKERFILE.read_text()


def test_hadolint_has_nothing_to_say() -> None:
    tool = shutil.which("hadolint")
    if tool is None:
        pytest.skip("hadolint is not on the PATH: scripts/test puts it there")
    done = subprocess.run(
        [tool, str(rehearse.DOCKERFILE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_dependencies_come_before_the_code_and_the_user_is_not_root() -> None:
    steps = rehearse.instructions(DOCKERFILE)
    install = next(n for n, (_, rest) in enumerate(steps) if "--require-hashes" in rest)
    code = next(n for n, step in enumerate(steps) if step == ("COPY", ". ."))
    assert install < code
    user = [rest for word, rest in steps if word == "USER"][-1]
    assert int(user.partition(":")[0]) > 0
    assert any(word == "HEALTHCHECK" for word, _ in steps)


def test_the_pool_starts_the_image_of_this_version() -> None:
    version = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text())["project"]["version"]
    pool = next(p for p in files.load().work_pools if p.name == "docker-pool")
    assert pool.defaults["image"].endswith(f":{version}")
    assert f"-t {pool.defaults['image']} ." in DOCKERFILE


@pytest.mark.parametrize(
    ("path", "reaches"),
    [
        ("src/ff_analytics/cli/main.py", True),
        ("dbt/models/core/dim_player.sql", True),
        (".env", False),
        ("deployments/.env", False),
        ("content/prod.env", False),
        ("token.json", False),
        ("data/lake/catalog.sqlite", False),
        ("tests/conftest.py", False),
        (".git/config", False),
        ("src/ff_analytics/__pycache__/cli.cpython-312.pyc", False),
    ],
)
def test_only_what_is_named_reaches_the_build(path: str, reaches: bool) -> None:
    known = context.rules((PROJECT_ROOT / ".dockerignore").read_text())
    assert context.let_in(path, known) is reaches


def test_a_step_that_fails_or_is_unknown_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="RUN false failed"):
        rehearse.Rehearsal(tmp_path / "a").build("FROM x\nRUN false\n")
    with pytest.raises(ConfigError, match="how to do ADD"):
        rehearse.Rehearsal(tmp_path / "b").build("FROM x\nADD a b\n")


@pytest.mark.parametrize("recipe", ["deployments/docker/Dockerfile", "scripts/bootstrap"])
def test_tests_of_packages_are_removed_but_no_macro_of_dbt(recipe: str, tmp_path: Path) -> None:
    packages = tmp_path / ".venv/lib/python3.12/site-packages"
    kept = packages / "dbt/include/global_project/macros/materializations/tests/where_subquery.sql"
    removed = packages / "numpy/lib/tests/test_io.py"
    for file in (kept, removed):
        file.parent.mkdir(parents=True)
        file.touch()
    (command,) = re.findall(
        r"find \.venv/lib -type d -name tests .*?\+", (PROJECT_ROOT / recipe).read_text()
    )
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    assert kept.exists()
    assert not removed.exists()
