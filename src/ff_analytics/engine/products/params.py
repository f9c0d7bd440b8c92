"""Give a function the signature of a Pydantic model, so that each deployment has a typed form."""

import inspect
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from ff_analytics.engine.base.forms.fields import annotation, in_order


def with_parameters(function: Callable[..., Any], model: type[BaseModel], summary: str) -> None:
    """Set signature and docstring of `function(**parameters)` from the model's fields.

    Prefect reads both: types and defaults from the signature, descriptions from `Args:`.
    """
    parameters = []
    lines = []
    for name, field in in_order(dict(model.model_fields)):
        default = (
            inspect.Parameter.empty
            if field.is_required()
            else field.get_default(call_default_factory=True)
        )
        parameters.append(
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation(field)
            )
        )
        lines.append(f"    {name}: {field.description or name}")
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__doc__ = summary + "\n\nArgs:\n" + "\n".join(lines)
