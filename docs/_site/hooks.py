"""Hooks of the docs site: pages from the project's root, and links to files outside docs/.

README.md, CONTRIBUTING.md and CHANGELOG.md become pages. Other files of the project that a page
links to (tests, templates, settings) are copied below source/, so that the site is complete by
itself. The strict build then reports every link whose target does not exist.
"""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
# The target of an inline link, an image or a link definition.
TARGET = re.compile(r"(\]\(|^\[[^\]]+\]: )([^)\s#]+)", re.MULTILINE)


def _site_target(target: str, folder: str) -> str:
    """Where `target`, as written in a file of `folder`, lies in the site."""
    if re.match(r"[a-z]+:", target):
        return target
    path = PurePosixPath(normpath(f"{folder}/{target}"))
    if path.parts[0] == "docs":
        return str(path.relative_to("docs"))
    if str(path) in PAGES:
        return PAGES[str(path)]
    # As text: a browser shows it instead of saving it.
    return f"source/{path}.txt"


def _rewrite(text: str, folder: str) -> tuple[str, set[str]]:
    """The text with its links as the site needs them, and the files that it links to."""
    found: set[str] = set()

    def replace(match: re.Match[str]) -> str:
        target = _site_target(match[2], folder)
        if target.startswith("source/"):
            found.add(target.removeprefix("source/").removesuffix(".txt"))
        return match[1] + target

    return TARGET.sub(replace, text), found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from the root and the linked files."""
    linked: set[str] = set()
    for source, page in PAGES.items():
        text, found = _rewrite((ROOT / source).read_text(), ".")
        linked |= found
        files.append(File.generated(config, page, content=text))
    for file in files.documentation_pages():
        if file.abs_src_path:
            linked |= _rewrite(Path(file.abs_src_path).read_text(), "docs")[1]
    for path in sorted(linked):
        if (ROOT / path).is_file():
            content = (ROOT / path).read_text()
            target = f"source/{path}.txt"
            files.append(
                File.generated(config, target, content=content, inclusion=InclusionLevel.INCLUDED)
            )
    return files


def on_page_markdown(markdown: str, page: object, **_: object) -> str:
    """Rewrite the links of the pages in docs/."""
    file = getattr(page, "file", None)
    return _rewrite(markdown, "docs")[0] if file and not file.generated_by else markdown
