"""SVG elements as escaped markup, and the linear scale that places marks on them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

Attribute = str | float | int | None


def element(tag: str, *children: str, **attributes: Attribute) -> Markup:
    """One element. Children and values are escaped unless they are markup already; `class_`
    becomes `class`, other underscores become hyphens, and None leaves an attribute out."""
    parts = [f"<{tag}"]
    for key, value in attributes.items():
        if value is not None:
            name = key.rstrip("_").replace("_", "-")
            text = coordinate(value) if isinstance(value, float) else escape(value)
            parts.append(f' {name}="{text}"')
    # Markup() marks as safe, so it may only ever wrap parts that were escaped above.
    if not children:
        return Markup("".join(parts) + "/>")
    inner = "".join(escape(child) for child in children)
    return Markup(f"{''.join(parts)}>{inner}</{tag}>")


def group(items: Iterable[Markup]) -> Markup:
    return Markup("").join(items)


def coordinate(value: float) -> str:
    """One decimal is a tenth of a pixel; more only makes the file larger."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def percentage(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True)
class Scale:
    """Maps low..high to start..end, linear and clamped. The default end is per cent of a width."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0
    steps: int = 4

    def __call__(self, value: float) -> float:
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + min(1.0, max(0.0, share)) * (self.end - self.start)

    def at(self, value: float) -> str:
        return percentage(self(value))

    def ticks(self, steps: int | None = None) -> list[float]:
        """Round numbers inside the scale, at most `steps` apart from the first."""
        step = round_step((self.high - self.low) / (steps or self.steps))
        # The tolerance keeps a tick that floating point puts just outside an end.
        first = math.ceil(self.low / step - 1e-9)
        return [i * step for i in range(first, math.floor(self.high / step + 1e-9) + 1)]

    @classmethod
    def covering(cls, values: Iterable[float], steps: int = 4) -> "Scale":
        """Scale over the values and zero; narrow columns ask for fewer steps."""
        known = [0.0, *values]
        low, high = min(known), max(known)
        return cls(low, high if high > low else low + 1.0, steps=steps)


def round_step(raw: float) -> float:
    """The smallest of 1, 2, 2.5, 5 x 10^n that is not below `raw`."""
    if raw <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    # 0.999: a raw step of 2.0000001 must not jump to 2.5.
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
