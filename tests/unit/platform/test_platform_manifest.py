"""What prefect.yaml may not say, because alerts or the comparison with the server rest on it."""

from pathlib import Path

import pytest
import yaml

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform import manifest


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tags": ["analytics"]}, "the tag 'ff' is missing"),
        ({"parameters": {"league": "{{ $LEAGUE }}"}}, "templates"),
        ({"description": "{{ prefect.blocks.secret.key }}"}, "templates"),
        (
            {"schedules": [{"slug": "x", "cron": "0 9 * * *", "timezone": "UTC", "active": True}]},
            "active",
        ),
    ],
)
def test_refused_with_a_reason(tmp_path: Path, change: dict[str, object], words: str) -> None:
    raw = yaml.safe_load(manifest.FILE.read_text())
    raw["deployments"][0] |= change
    file = tmp_path / "prefect.yaml"
    file.write_text(yaml.safe_dump(raw))
    with pytest.raises(ConfigError, match=words):
        manifest.load(file)
