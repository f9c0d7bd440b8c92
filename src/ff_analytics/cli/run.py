"""`ff run`: a product or a source in this process, without server or worker."""

import argparse
import json
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ff_analytics.engine.base.errors import ConfigError, FFError
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.sources import registry as sources

if TYPE_CHECKING:
    from stamina.instrumentation import RetryDetails

    from ff_analytics.engine.ingest import PartResult


def _targets() -> list[str]:
    return [f"analytics/{name}" for name in products.names()] + [
        f"ingest/{name}" for name in sources.names()
    ]


def _value(text: str) -> Any:
    """JSON where it parses (numbers, lists, true), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _one_or_list(text: str) -> Any:
    """A list as JSON, or its only item as it is."""
    value = _value(text)
    return value if isinstance(value, list) or value is None else [value]


def add_options(
    parser: argparse.ArgumentParser, model: type[BaseModel], without: Collection[str] = ()
) -> None:
    """One option per field of the model; those that are not given are left out."""
    for name, field in model.model_fields.items():
        if name in without:
            continue
        listed = "list[" in str(field.annotation)
        # A switch may be given alone: --accept-shrunk is --accept-shrunk true.
        alone: dict[str, Any] = {"nargs": "?", "const": True} if field.annotation is bool else {}
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            type=_one_or_list if listed else _value,
            metavar="JSON-LIST" if listed else "VALUE",
            default=argparse.SUPPRESS,
            help=(field.description or name).replace("%", "%%"),
            **alone,
        )


def _parser(target: str, model: type[BaseModel]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"ff run {target}")
    add_options(parser, model)
    return parser


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def run_analytics(name: str, arguments: list[str]) -> int:
    """Run one product; 0 when it completed."""
    from ff_analytics.engine.products.pipeline import run_product

    product = products.load(name)
    given = vars(_parser(f"analytics/{name}", product.params).parse_args(arguments))
    report = run_product(name, given, progress=_say)
    for notice in report.notices:
        _say(f"notice: {notice}")
    for warning in report.warnings:
        _say(f"warning: {warning}")
    if report.outcome != "completed":
        _say(f"failed in {report.failure_line()}")
        return 1
    _say(f"completed in {report.seconds:.1f} s, snapshot {report.snapshot}: {report.output}")
    if report.report:
        _say(f"report: {report.report}")
    return 0


def _say_retry(details: "RetryDetails") -> None:
    from ff_analytics.engine.base.retries import said

    _say(said(details))


def run_source(name: str, arguments: list[str]) -> int:
    """Ingest one source; 0 when every part was loaded."""
    from stamina.instrumentation import set_on_retry_hooks

    from ff_analytics.engine.ingest import run_ingest

    set_on_retry_hooks([_say_retry])
    source = sources.load(name)
    given = vars(_parser(f"ingest/{name}", source.options).parse_args(arguments))

    def tell(part: "PartResult | None", done: int, expected: int) -> None:
        what = part.line() if part else "not modified"
        _say(f"[{done}/{max(done, expected)}] {what}")

    summary = run_ingest(name, given, progress=tell)
    for note in summary.notes:
        _say(note)
    for warning in summary.warnings:
        _say(f"warning: {warning}")
    _say(summary.line())
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point; errors that the platform explains end in one sentence and exit code 2."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in ("-h", "--help"):
        _say("usage: ff run NAME [--parameter VALUE ...]   (NAME --help lists parameters)")
        _say("names: " + ", ".join(_targets()))
        return 0 if words else 2
    group, _, name = words[0].rpartition("/")
    from ff_analytics.platform.exposure import of_env

    for one in of_env():
        _say(f"warning: {one.found}. {one.what_to_do}")
    try:
        if group == "ingest":
            return run_source(name, words[1:])
        if group in ("", "analytics"):
            return run_analytics(name, words[1:])
        raise ConfigError(f"{words[0]!r} is neither of: {', '.join(_targets())}.")
    except FFError as error:
        _say(f"{error.kind}: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
