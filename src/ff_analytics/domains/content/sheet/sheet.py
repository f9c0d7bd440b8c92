"""A sheet's ragged values as numbered rows with known columns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ff_analytics.domains.content.sheet.text import clean, normal
from ff_analytics.engine.base.cells.errors import spreadsheet_error
from ff_analytics.engine.base.errors import SourceError

# Column -> headers that mean it, compared without case and doubled spaces.
HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "content id", "id konten", "kode", "kode konten"),
    "client": ("client", "klien", "brand", "nama klien"),
    "topic": ("topic", "topik", "judul", "title", "content asset", "tema"),
    "publish_date": (
        *("publish date", "publication date", "date", "posting date", "tanggal"),
        *("tanggal publikasi", "tanggal tayang", "tgl tayang", "tanggal posting"),
    ),
    "content_type": ("content type", "jenis konten", "tipe konten", "format", "type"),
    "brief": ("brief", "description", "deskripsi", "caption", "copy", "keterangan"),
    "associate": ("associate", "pic", "penanggung jawab", "content associate"),
    "editor": ("editor", "content editor", "penyunting"),
    "labels": ("labels", "label", "tag", "tags"),
    "parent": ("parent", "epic", "induk"),
    "folder": ("folder id", "folder", "drive folder", "id folder"),
}
# The header may follow a title and some notes.
HEADER_WITHIN = 20


@dataclass(frozen=True)
class PlanRow:
    """One row of a plan: its number in the sheet (1 = first), and its cells by column."""

    spreadsheet: str
    sheet: str
    number: int
    cells: Mapping[str, Any]
    client: str = ""
    positions: Mapping[str, int] = field(default_factory=dict)
    from_file: bool = False

    def text(self, column: str) -> str:
        """A cell as clean text; empty when the plan has no such column."""
        return clean(self.cells.get(column))

    @property
    def place(self) -> str:
        """Sheet and row, for messages."""
        return f"{self.sheet} row {self.number}"

    def errors(self, columns: Collection[str]) -> dict[str, str]:
        """Columns among `columns` whose cell contains a spreadsheet error, with the reason."""
        found = {c: spreadsheet_error(self.cells.get(c)) for c in columns}
        return {
            column: f"{column}: {self._cell(column)} contains the spreadsheet error {error}; "
            "correct its formula or write the value"
            for column, error in found.items()
            if error
        }

    def _cell(self, column: str) -> str:
        if column not in self.positions:
            return "the cell"
        return f"cell {letter(self.positions[column])}{self.number}"


def _aliases(extra: Mapping[str, Sequence[str]]) -> dict[str, str]:
    known = {normal(header): column for column, all_ in HEADERS.items() for header in all_}
    own = {normal(h): column for column, headers in extra.items() for h in [column, *headers]}
    return known | own


def _columns(header: Sequence[Any], aliases: Mapping[str, str], where: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for position, cell in enumerate(header):
        column = aliases.get(normal(clean(cell)))
        if column is None:
            continue
        if column in found.values():
            first = next(p for p, c in found.items() if c == column)
            raise SourceError(
                f"{where}: columns {letter(first)} and {letter(position)} both mean {column} "
                f"({clean(header[first])!r}, {clean(cell)!r}). Rename one."
            )
        found[position] = column
    return found


def letter(position: int) -> str:
    """A, B, …, AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def _blank(row: Sequence[Any], read: Collection[int]) -> bool:
    """No text, and no checkbox but unticked ones in columns that are not read."""
    return not any(
        clean(cell) and (position in read or clean(cell).upper() != "FALSE")
        for position, cell in enumerate(row)
    )


def read_rows(
    values: Sequence[Sequence[Any]],
    *,
    spreadsheet: str,
    sheet: str,
    need: Sequence[str],
    headers: Mapping[str, Sequence[str]] | None = None,
    client: str = "",
    read: Collection[str] | None = None,
    from_file: bool = False,
) -> list[PlanRow]:
    """Rows below the header, without blank ones. Missing cells at a row's end are empty.

    An unticked checkbox outside the columns `read` (all known ones if None) counts as blank.
    The header is the first row that has every column of `need`. Raises `SourceError` when
    there is none, or when two columns mean the same.
    """
    aliases = _aliases(headers or {})
    for start, header in enumerate(values[:HEADER_WITHIN]):
        columns = {aliases.get(normal(clean(cell))) for cell in header}
        if not set(need) <= columns:
            continue
        places = _columns(header, aliases, sheet)
        positions = {column: place for place, column in places.items()}
        kept = {place for place, column in places.items() if read is None or column in read}
        return [
            PlanRow(
                spreadsheet,
                sheet,
                number,
                {c: row[p] if p < len(row) else None for p, c in places.items()},
                client,
                positions,
                from_file,
            )
            for number, row in enumerate(values[start + 1 :], start + 2)
            if not _blank(row, kept)
        ]
    first = next((row for row in values if any(clean(c) for c in row)), [])
    raise SourceError(
        f"{sheet} of {spreadsheet}: no header row with {', '.join(need)} in the first "
        f"{HEADER_WITHIN} rows. The first row with text is: "
        f"{', '.join(clean(c) for c in first if clean(c)) or 'nothing, the sheet is empty'}."
    )
