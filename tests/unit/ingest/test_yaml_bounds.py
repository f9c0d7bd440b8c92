"""Files that people write in YAML have bounds on depth, aliases and size, in every reader."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ff_analytics.domains.content.plan.profile import read_profile
from ff_analytics.domains.fantasy.league.league import load_profile
from ff_analytics.engine.accounts import tenants
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings

LAUGHS = "a0: &a0 [x, x, x]\n" + "".join(
    f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 12)
)
BROKEN = {
    "aliases": (LAUGHS, "more than 20 aliases"),
    "circle": ("name: &a\n  x: *a\n", r"the alias \*a refers to a node that contains it"),
    "depth": ("name: " + "[" * 5_000 + "]" * 5_000, "nested deeper than 32 levels"),
    "size": ("name: x\n" + "# PLANTED\n" * 200_000, "larger than 1 MB"),
    "syntax": ("name: [PLANTED\nKEY=hunter2", "not valid YAML"),
}


def _league(settings: Settings) -> object:
    return load_profile("mine", settings)


def _content(settings: Settings) -> object:
    return read_profile(settings.content / "mine.yaml")


def _tenant(settings: Settings) -> object:
    return tenants.load("mine", settings)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("read", [_league, _content, _tenant])
def test_a_file_beyond_the_bounds_is_refused(
    tmp_path: Path, lake_settings: Settings, read: Callable[[Settings], object], kind: str
) -> None:
    text, words = BROKEN[kind]
    (tmp_path / "mine.yaml").write_text(text)
    here = dict.fromkeys(("leagues_dir", "content_dir", "tenants_dir"), tmp_path)
    with pytest.raises(ConfigError, match=words) as caught:
        read(lake_settings.model_copy(update=here))
    assert "PLANTED" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
