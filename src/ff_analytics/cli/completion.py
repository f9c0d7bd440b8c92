"""`ff --install-completion`: commands and options in the shell."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from ff_analytics.cli.console import out, typed_path
from ff_analytics.cli.options import PLAIN

app = App(
    name="--install-completion",
    help_epilogue="""\
Examples:
  ff --install-completion                     for the shell in use
  ff --install-completion --shell zsh
  ff --install-completion --shell bash --output ff.bash   write the file only""",
    **PLAIN,
)


@app.default
def install(
    *,
    shell: Annotated[
        Literal["bash", "zsh", "fish"] | None, Parameter(help="Empty = the shell in use.")
    ] = None,
    output: Annotated[
        str | None, Parameter(help="Write to this file and leave the shell's start-up as it is.")
    ] = None,
) -> int:
    """See the table of commands."""
    from cyclopts.completion.detect import ShellDetectionError

    from ff_analytics.cli.console import UsageError
    from ff_analytics.cli.main import application

    target = typed_path(output) if output else None
    try:
        file = application().install_completion(
            shell=shell, output=target, add_to_startup=target is None
        )
    except ShellDetectionError:
        raise UsageError("name the shell: ff --install-completion --shell bash.") from None
    out(f"Completion is in {file}. It works in new terminals.")
    return 0
