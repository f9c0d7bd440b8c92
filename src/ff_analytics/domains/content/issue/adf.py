"""Plain text as Atlassian Document Format, which Jira's v3 API requires."""

import re
from typing import Any

Node = dict[str, Any]

# Limits of Jira Cloud.
SUMMARY_LIMIT = 255
TEXT_LIMIT = 32_767
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_BULLET = re.compile(r"[-*•]\s+(.*)")


def _inline(line: str) -> list[Node]:
    nodes: list[Node] = []
    end = 0
    for found in _URL.finditer(line):
        if found.start() > end:
            nodes.append({"type": "text", "text": line[end : found.start()]})
        link = {"type": "link", "attrs": {"href": found[0]}}
        nodes.append({"type": "text", "text": found[0], "marks": [link]})
        end = found.end()
    if end < len(line):
        nodes.append({"type": "text", "text": line[end:]})
    return nodes


def _paragraph(lines: list[str]) -> Node:
    content: list[Node] = []
    for line in lines:
        if content:
            content.append({"type": "hardBreak"})
        content += _inline(line)
    return {"type": "paragraph", "content": content}


def _blocks(lines: list[str]) -> list[Node]:
    """Runs of bullets become lists, runs of other lines paragraphs."""
    blocks: list[Node] = []
    text: list[str] = []
    items: list[Node] = []

    def close() -> None:
        if text:
            blocks.append(_paragraph(list(text)))
        if items:
            blocks.append({"type": "bulletList", "content": list(items)})
        text.clear()
        items.clear()

    for line in lines:
        bullet = _BULLET.fullmatch(line)
        if bool(bullet) != bool(items):
            close()
        if bullet:
            items.append({"type": "listItem", "content": [_paragraph([bullet[1]])]})
        else:
            text.append(line)
    close()
    return blocks


def document(text: str) -> Node:
    """Paragraphs, hard breaks, bullet lists and links of a cleaned text.

    Raises ValueError above Jira's limit.
    """
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"{len(text):,} characters; Jira takes at most {TEXT_LIMIT:,}")
    content: list[Node] = []
    for block in text.split("\n\n"):
        content += _blocks([line for line in block.split("\n") if line])
    return {"type": "doc", "version": 1, "content": content}


def plain(node: Any) -> str:
    """The text of a document, for previews."""
    if not isinstance(node, dict):
        return ""
    if node.get("type") == "text":
        return str(node["text"])
    if node.get("type") == "hardBreak":
        return "\n"
    inside = "".join(plain(child) for child in node.get("content", ()))
    if node.get("type") == "listItem":
        return f"- {inside}"
    return inside + ("\n" if node.get("type") == "paragraph" else "")
