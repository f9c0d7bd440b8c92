"""Error values of spreadsheets, in place of the value of a formula that failed or is pending."""

ERRORS = frozenset(
    (
        *("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#ERROR!", "#NULL!", "#NUM!"),
        *("#SPILL!", "#CALC!", "LOADING..."),
    )
)


def spreadsheet_error(value: object) -> str | None:
    """The error in the cell, such as `#REF!`; None for any other cell."""
    text = value.replace("\u00a0", " ").strip() if isinstance(value, str) else ""
    return text if text.upper().replace("\u2026", "...") in ERRORS else None
