"""Command-line options from the fields of a Pydantic model."""

import inspect
import json
import re
import shlex
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from cyclopts import App, Parameter, Token

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def _default(value: Any) -> str | None:
    """The default in the help; None for what is off or empty by default and needs no words."""
    return None if value is None or value is False or value == "" else str(value)


PLAIN: dict[str, Any] = {
    "help_format": "plaintext",
    "result_action": "return_value",
    # `main` says how Ctrl-C ended the command.
    "suppress_keyboard_interrupt": False,
    "default_parameter": Parameter(negative=(), show_default=_default),
}
# Names for the help; the model checks the values.
Number = type("Number", (), {})
Json = type("Json", (), {})
Text = type("Text", (), {})


def value_of(text: str) -> Any:
    """JSON where it parses (numbers, lists, true), else the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _one(_: Any, tokens: Sequence[Token]) -> Any:
    return value_of(tokens[0].value)


def _one_or_list(_: Any, tokens: Sequence[Token]) -> Any:
    """A list as JSON, or its only item as it is."""
    value = value_of(tokens[0].value)
    return value if isinstance(value, list) or value is None else [value]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _choices(annotation: Any) -> list[str]:
    if get_origin(annotation) is Literal:
        return [str(choice) for choice in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(member.value) for member in annotation]
    return []


def _help(name: str, field: "FieldInfo") -> str:
    """The field's description, its choices and its default, where it has one."""
    words = [field.description or name]
    if choices := _choices(field.annotation):
        words.append(f"[{', '.join(choices)}]")
    default = field.get_default(call_default_factory=True, validated_data={})
    if not field.is_required() and default not in (None, "", False, [], ()):
        words.append(f"[default: {default}]")
    return " ".join(words)


def _example(name: str, field: "FieldInfo") -> str | None:
    """The option with a value that it takes, as a person types it; None where none is known."""
    if field.annotation is bool:
        return f"{_flag(name)}=false" if field.default is True else _flag(name)
    value = next(iter(field.examples or ()), None)
    choices = _choices(field.annotation)
    default = field.get_default(call_default_factory=True, validated_data={})
    if value is None and choices:
        value = next((one for one in choices if one != str(default)), choices[0])
    if value is None and not field.is_required() and isinstance(default, str | int | float):
        value = default
    if value in (None, ""):
        return None
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{_flag(name)} {shlex.quote(text)}"


def examples(command: str, fields: "Mapping[str, FieldInfo]", always: str = "") -> str:
    """Examples for the help of a command whose options are a model's fields."""
    from ff_analytics.engine.base.forms.fields import Mark, in_order

    usual = {n: f for n, f in fields.items() if Mark.ADVANCED not in f.metadata}
    known = {name: _example(name, field) for name, field in in_order(usual)}
    needed = [known[name] or f"{_flag(name)} …" for name, f in fields.items() if f.is_required()]
    start = " ".join([command, *([always] if always else []), *needed])
    more = [text for name, text in known.items() if text and not fields[name].is_required()]
    lines = [start, *(f"{start} {text}" for text in more[:2])]
    return "\n".join(["Examples:", *(f"  {line}" for line in dict.fromkeys(lines))])


def option(name: str, field: "FieldInfo") -> inspect.Parameter:
    """The field as a keyword-only parameter."""
    flag, text = _flag(name), _help(name, field)
    kind: Any
    default: Any = inspect.Parameter.empty
    if field.annotation is bool:
        kind = Annotated[bool, Parameter(name=flag, help=text)]
    else:
        listed = "list[" in str(field.annotation)
        about = Parameter(
            name=flag,
            help=text,
            converter=_one_or_list if listed else _one,
            n_tokens=1,
            allow_leading_hyphen=True,
        )
        number = field.annotation in (int, float, int | None, float | None)
        kind = Annotated[Json if listed else Number if number else Text, about]
    if not field.is_required():
        default = False if field.annotation is bool else None
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def switches_joined(words: Sequence[str], model: "type[BaseModel]") -> list[str]:
    """`--flag true` as `--flag=true`: a switch may be typed with or without its value."""
    flags = {_flag(name) for name, field in model.model_fields.items() if field.annotation is bool}
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] in flags and re.fullmatch("(?i)true|false", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def parse(
    name: str,
    words: Sequence[str],
    model: "type[BaseModel]",
    run: Callable[[Mapping[str, Any]], int],
    *,
    about: str,
    without: Collection[str] = (),
    more: Sequence[inspect.Parameter] = (),
    always: str = "",
) -> int:
    """Parse `words` as options of the model and call `run` with those that are given.

    `always` is what an example cannot go without. Raises `CycloptsError` for a wrong option;
    `--help` prints options, defaults and examples and returns 0.
    """

    def command(**given: Any) -> int:
        return run(given)

    fields = {n: f for n, f in model.model_fields.items() if n not in without}
    parameters = [*more, *(option(n, f) for n, f in fields.items())]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    shown = examples(name, fields, always)
    app = App(name=name, help=about, help_epilogue=shown, version_flags=[], **PLAIN)
    app.default(command)
    done = app(switches_joined(words, model), exit_on_error=False, print_error=False)
    return int(done or 0)
