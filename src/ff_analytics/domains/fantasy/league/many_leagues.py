"""One product for several leagues in one run: its parameters, and a run per league."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field, create_model

from ff_analytics.domains.fantasy.league.league import profile_names
from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.fields import Mark, OneOf
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.products.run import Run, RunReport, start

if TYPE_CHECKING:
    from ff_analytics.engine.products.product import Product

_REASON = 400


def parameters_of(product: "Product") -> type[BaseModel]:
    """The product's own parameters, with `leagues` in place of `league`.

    `ConfigError` for a product that has no league.
    """
    own = product.params.model_fields
    if "league" not in own:
        raise ConfigError(f"{product.name} has no parameter league: there is nothing to fan out.")
    listed = list[Annotated[str, OneOf(profile_names)]]
    leagues = Field(
        default_factory=list[str], description="League profiles, in this order. Empty = all."
    )
    fields: dict[str, Any] = {"leagues": (Annotated[listed, Mark.NAMES_RUN], leagues)}
    fields |= {n: (f.annotation, f) for n, f in own.items() if n != "league"}
    made: type[BaseModel] = create_model(f"{product.name}-leagues", **fields)
    return made


def chosen(leagues: list[str], settings: Settings) -> list[str]:
    """The leagues in order, each once; of all, the default league comes last."""
    if leagues:
        return list(dict.fromkeys(leagues))
    return sorted(profile_names(settings), key=lambda name: (name == settings.league, name))


def open_runs(
    product: str,
    parameters: dict[str, Any],
    *,
    run_id: str | None = None,
    deployment: str | None = None,
    own: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> list[Run]:
    """A run per league, none begun; `ConfigError` for a wrong parameter before any of them."""
    settings = settings or get_settings()
    shared = {name: value for name, value in parameters.items() if name != "leagues"}
    return [
        start(
            product,
            {**shared, "league": league},
            run_id=run_id,
            deployment=deployment,
            own=own,
            settings=settings,
        )
        for league in chosen(parameters.get("leagues") or [], settings)
    ]


def outcome(reports: list[RunReport]) -> tuple[bool, str]:
    """Whether all leagues completed, and a line for the state: what failed first, or the counts."""
    failed = [report for report in reports if not report.completed]
    names = ", ".join(str(report.parameters["league"]) for report in failed or reports)
    if failed:
        # The reason may be long; who failed must stay readable behind it.
        return False, f"{failed[0].failure_line()[:_REASON]} ({len(failed)} failed: {names})"
    return True, f"{len(reports)} leagues: {names}"
