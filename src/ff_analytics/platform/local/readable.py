"""Output on terminals that cannot show every character: replacements that a person can read."""

import codecs
import io
import json
import sys
import unicodedata

_NAME = "ff-readable"
_WORDS = {
    "…": "...", "–": "-", "—": "-", "−": "-", "·": "-", "•": "*", "×": "x", "→": "->", "←": "<-",  # noqa: RUF001
    "≤": "<=", "≥": ">=", "≈": "~", "±": "+-", "✓": "ok", "✔": "ok", "✗": "x", "✘": "x",
    "⚠": "warning:", "ℹ": "note:", "🚨": "alarm:", "🔴": "error:", "✅": "ok", "❌": "error:",  # noqa: RUF001
    "„": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "«": '"', "»": '"', "€": "EUR", "£": "GBP",  # noqa: RUF001
    "µ": "u", "μ": "u", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ð": "d", "\ufe0f": "",
}  # fmt: skip
_LINES = {"│": "|", "┆": "|", "┃": "|", "║": "|", "─": "-", "═": "=", "╌": "-", "━": "-"}


def replaced(character: str) -> str:
    """ASCII for one character: an accent is left out, a frame becomes `+-|`, the rest `?`."""
    if known := _WORDS.get(character) or _LINES.get(character):
        return known
    if character in _WORDS:
        return ""
    if "\u2500" <= character <= "\u257f":
        return "+"
    if "\u2580" <= character <= "\u259f":
        return "#"
    bare = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return bare or "?"


def _handler(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(map(replaced, wrong)), error.end


def prepare_streams() -> None:
    """From now on no character makes a line of output fail."""
    codecs.register_error(_NAME, _handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _takes_all(stream):
            stream.reconfigure(errors=_NAME)


def _takes_all(stream: io.TextIOBase) -> bool:
    return (stream.encoding or "").lower().replace("-", "").replace("_", "").startswith("utf")


def json_text(document: str) -> str:
    """A JSON document as the terminal takes it: what it cannot show is escaped, so nothing is lost.

    Outside of strings JSON has only ASCII.
    """
    if not isinstance(sys.stdout, io.TextIOWrapper) or _takes_all(sys.stdout):
        return document
    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in document)
