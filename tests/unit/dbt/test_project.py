"""What the dbt project must share with the Python side."""

import re
import shutil
from pathlib import Path

from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.engine.base.settings import PROJECT_ROOT, Settings
from ff_analytics.engine.dbt import models_fingerprint

MACROS = PROJECT_ROOT / "dbt" / "macros"


def test_dbt_scores_the_same_categories_in_the_same_order() -> None:
    text = (MACROS / "scoring.sql").read_text()
    body = text.partition("macro scoring_categories()")[2].partition("endmacro")[0]
    assert re.findall(r"'(\w+)'", body) == list(CATEGORIES)


def test_fingerprint_follows_every_model_and_nothing_else(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "dbt", tmp_path / "dbt")
    settings = Settings(home=tmp_path)
    before = models_fingerprint(settings)
    (tmp_path / "dbt" / "notes.md").write_text("not a model")
    assert models_fingerprint(settings) == before
    model = tmp_path / "dbt" / "models" / "core" / "dim_player.sql"
    model.write_text(model.read_text() + "\n-- changed")
    assert models_fingerprint(settings) != before
