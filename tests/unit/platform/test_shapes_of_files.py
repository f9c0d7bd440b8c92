"""Files of the user that hold another shape than the one expected: sentences, no traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ff_analytics.domains.content.plan.profile import load_profile as content_profile
from ff_analytics.domains.fantasy.league.league import load_profile as league_profile
from ff_analytics.domains.fantasy.products.backtest import stored
from ff_analytics.engine.accounts import tenants
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.platform import manifest
from ff_analytics.platform.declared import files

BODIES = [b"{}", b"[]", b"hello", b'"x"', b"", b"42", b"null", b"- a", b"{", b"\xff\xfe", b"[[]]"]


def _declared(folder: Path) -> object:
    return files._read(folder / "one.yaml", files.WorkPool)


READERS: dict[str, Callable[[Path, Settings], Any]] = {
    "league": lambda folder, settings: league_profile("one", settings),
    "content": lambda folder, settings: content_profile("one", settings),
    "tenant": lambda folder, settings: tenants.load_all(settings),
    "figures": lambda folder, settings: stored.load(folder / "one.yaml"),
    "manifest": lambda folder, settings: manifest.load(folder / "one.yaml"),
    "pool": lambda folder, settings: _declared(folder),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", READERS)
def test_a_file_of_another_shape_is_explained(
    kind: str, body: bytes, lake_settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "one.yaml").write_bytes(body)
    places = {f"{name}_dir": tmp_path for name in ("leagues", "content", "tenants")}
    settings = lake_settings.model_copy(update=places)
    with pytest.raises(ConfigError) as refused:
        READERS[kind](tmp_path, settings)
    assert "one" in str(refused.value)
    assert "Traceback" not in str(refused.value)
