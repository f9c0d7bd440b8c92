"""The docs site builds strictly, and the strict build finds broken links and orphan pages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ff_analytics.engine.base.settings import PROJECT_ROOT


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site],
        cwd=root,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = build(PROJECT_ROOT, tmp_path)
    assert done.returncode == 0, done.stderr
    promises = (tmp_path / "promises.html").read_text()
    assert 'href="source/tests/faults/test_detectors.py.txt" title="test_a_' in promises
    assert (tmp_path / "source/tests/faults/test_detectors.py.txt").exists()


def test_broken_links_and_orphan_pages_are_refused(tmp_path: Path) -> None:
    for name in ("docs", "mkdocs.yml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        copy = shutil.copytree if (PROJECT_ROOT / name).is_dir() else shutil.copy
        copy(PROJECT_ROOT / name, tmp_path / name)
    (tmp_path / "docs/orphan.md").write_text("# Orphan")
    with (tmp_path / "docs/how-to.md").open("a") as page:
        page.write("\n[file](../tests/gone.py) [page](gone.md) [anchor](leagues.md#gone)\n")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    for expected in ("orphan.md", "source/tests/gone.py.txt", "gone.md", "#gone"):
        assert expected in done.stderr
