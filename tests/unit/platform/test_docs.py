"""The docs: links, scripts, deployments, settings and names that they mention are there."""

import re
from pathlib import Path

import pytest

from ff_analytics.cli.main import names
from ff_analytics.domains.fantasy.league.scoring import CATEGORIES
from ff_analytics.domains.fantasy.league.slots import SLOTS
from ff_analytics.engine.base import errors
from ff_analytics.engine.base.settings import PROJECT_ROOT
from ff_analytics.platform import manifest

DOCS = [
    *(PROJECT_ROOT / name for name in ("README.md", "CONTRIBUTING.md", "data/README.md")),
    *sorted((PROJECT_ROOT / "docs").glob("*.md")),
]
# What docs/how-to.md builds as it goes.
KNOWN = set(names())
EXAMPLES = {"analytics/trade-radar", "ingest/adp", "ingest/draft-positions"}
each_doc = pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(PROJECT_ROOT)))


def prose(doc: Path) -> str:
    return re.sub(r"^```.*?^```", "", doc.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(doc: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", prose(doc), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_doc
def test_links_between_files_resolve(doc: Path) -> None:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(doc)):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (doc.parent / path).resolve() if path else doc
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_lines_of_the_promises_are_short() -> None:
    lines = (PROJECT_ROOT / "docs/promises.md").read_text().splitlines()
    assert [line for line in lines if len(line) > 160] == []


@each_doc
def test_scripts_exist(doc: Path) -> None:
    named = set(re.findall(r"\bscripts/([a-z][a-z-]*)", doc.read_text()))
    assert {name for name in named if not (PROJECT_ROOT / "scripts" / name).exists()} == set()


@each_doc
def test_commands_exist(doc: Path) -> None:
    command = r"(?:^|[`$] ?)ff ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?"
    named = re.findall(command, doc.read_text(), re.MULTILINE)
    wrong = {f"{a} {b}" for a, b in named if a not in KNOWN}
    groups = {name.partition(" ")[0] for name in KNOWN if " " in name} - {"dbt"}
    wrong |= {f"{a} {b}" for a, b in named if a in groups and b and f"{a} {b}" not in KNOWN}
    assert wrong == set()


@each_doc
def test_deployments_exist(doc: Path) -> None:
    known = {entry.full_name for entry in manifest.load().deployments}
    named = set(re.findall(r"prefect deployment \w+(?: \w+)? '?([a-z-]+/[a-z-]+)", doc.read_text()))
    named |= set(re.findall(r"prefect deployment run '([^']+)'", doc.read_text()))
    assert named - known - EXAMPLES == set()


@each_doc
def test_python_snippets_compile(doc: Path) -> None:
    for code in re.findall(r"^```python\n(.*?)^```", doc.read_text(), re.DOTALL | re.MULTILINE):
        compile(code, f"{doc.name}: {code[:40]}", "exec")


@each_doc
def test_settings_exist(doc: Path) -> None:
    known = (PROJECT_ROOT / ".env.example").read_text()
    # Of the tests, not of the platform.
    known += (
        "FF_REAL_DATA_DIR FF_FAULT FF_FAULT_RELEASE FF_TEST_KILLS FF_TEST_SEED "
        "FF_TEST_LOCK_SECONDS FF_TEST_PROCESSES FF_VENDOR_CACHE "
        "FF_TEST_SCALE_RUNS FF_PROXY_LISTEN FF_API_SERVERS"
    )
    named = set(re.findall(r"\bFF_[A-Z_]+[A-Z]\b", doc.read_text()))
    assert {name for name in named if name not in known} == set()


@each_doc
def test_no_package_index_is_named(doc: Path) -> None:
    assert not re.search(r"https?://\S*(pypi|pythonhosted|/simple\b)", doc.read_text())


def test_every_error_says_whether_it_is_retried() -> None:
    text = (PROJECT_ROOT / "docs" / "how-to.md").read_text()
    kinds = {name for name, value in vars(errors).items() if isinstance(value, type)} - {"FFError"}
    assert {name for name in kinds if f"`{name}`" not in text} == set()


def test_every_slot_and_scoring_category_is_listed() -> None:
    text = (PROJECT_ROOT / "docs" / "leagues.md").read_text()
    assert {name for name in [*SLOTS, *CATEGORIES] if f"`{name}`" not in text} == set()


def test_every_kind_of_alert_says_what_to_do() -> None:
    text = (PROJECT_ROOT / "docs" / "operations.md").read_text()
    raised = {error.kind for error in vars(errors).values() if hasattr(error, "kind")} - {"error"}
    # Made where they are found, so that the source is the only list.
    watch = "".join(
        f.read_text() for f in (PROJECT_ROOT / "src/ff_analytics/platform/watch").glob("*.py")
    )
    found = set(re.findall(r'kind="([a-z-]+)"', watch)) | {"stuck-pending", "stuck-running"}
    assert {kind for kind in raised | found if f"`{kind}`" not in text} == set()
