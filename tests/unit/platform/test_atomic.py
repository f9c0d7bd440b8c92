"""A file is replaced in one step: by a complete one that is on the disk, or not at all."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ff_analytics.engine.base import atomic
from ff_analytics.engine.base.atomic import replace_text, replacing
from ff_analytics.engine.base.settings import PROJECT_ROOT

WRITE = """
import os, sys
from pathlib import Path
from ff_analytics.engine.base.atomic import replacing
with replacing(Path(sys.argv[1])) as part:
    part.write_text("half")
    os.kill(os.getpid(), 9)
"""


def test_content_and_name_are_on_disk_in_this_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rename before the content is on disk may leave an empty file after a power cut."""
    target, done = tmp_path / "x.json", list[tuple[str, bool]]()
    monkeypatch.setattr(atomic, "fsync", lambda path: done.append((path.name, target.exists())))
    replace_text(target, "new")
    assert done == [(f".x.json.{os.getpid()}.tmp", False), (tmp_path.name, True)]
    assert target.read_text() == "new"


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text("old")

    def broken() -> None:
        with replacing(target) as part:
            part.write_text("half")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        broken()
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]
    assert target.read_text() == "old"


def test_a_block_that_leaves_no_file_replaces_nothing(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text("old")
    with replacing(target):
        pass
    assert target.read_text() == "old"


def test_a_process_killed_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "x.json"
    target.write_text("old")
    killed = subprocess.run([sys.executable, "-c", WRITE, str(target)], check=False)
    assert killed.returncode == -9
    assert target.read_text() == "old"
    (leftover,) = tmp_path.glob(".x.json.*.tmp")
    replace_text(target, "newer")
    assert leftover.exists(), "it may belong to an active process"
    hours_ago = time.time() - 7200
    os.utime(leftover, (hours_ago, hours_ago))
    replace_text(target, "newest")
    assert [file.name for file in tmp_path.iterdir()] == ["x.json"]


def test_permissions_hold_from_the_first_byte(tmp_path: Path) -> None:
    with replacing(tmp_path / "secret", mode=0o600) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        part.write_text("x")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_no_other_module_has_temporary_files_of_its_own() -> None:
    root = PROJECT_ROOT / "src/ff_analytics"
    found = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if re.search(r"os\.fsync|\.(tmp|part)[\"']", file.read_text())
    }
    # A link to DuckDB's extensions; copies of a catalog, whose names differ.
    allowed = {"engine/lake/attach/extensions.py", "engine/lake/care/backup.py"}
    assert found - allowed == {"engine/base/atomic.py"}
