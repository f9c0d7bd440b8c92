"""What a spreadsheet returns in place of a value while a formula fails or is not calculated yet."""

ERRORS = frozenset(
    (
        *("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#ERROR!", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "LOADING..."),
    )
)


def spreadsheet_error(value: object) -> str | None:
    """The error that a cell holds instead of a value, such as `#REF!`; None for any other cell."""
    text = value.replace("\u00a0", " ").strip() if isinstance(value, str) else ""
    return text if text.upper().replace("\u2026", "...") in ERRORS else None
