"""`ff doctor`: one line for each thing that a daily run needs, and what to do where it fails."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import out, print_json
from ff_analytics.cli.options import PLAIN

app = App(
    name="doctor",
    help_epilogue="""\
Exit codes: 0 all is there, 1 something fails, 3 warnings only.

Examples:
  ff doctor
  ff doctor --json""",
    **PLAIN,
)


@app.default
def doctor(
    *, as_json: Annotated[bool, Parameter(name="--json", help="Print one JSON list.")] = False
) -> int:
    """See the table of commands."""
    from ff_analytics.platform.doctor import Verdict, examine

    lines = examine()
    if as_json:
        print_json([line.model_dump() for line in lines])
    else:
        for line in lines:
            hint = f"  -> {line.what_to_do}" if line.what_to_do else ""
            out(f"{line.verdict.value:<5} {line.what}: {line.found}{hint}")
    verdicts = {line.verdict for line in lines}
    return 1 if Verdict.FAIL in verdicts else 3 if Verdict.WARN in verdicts else 0
