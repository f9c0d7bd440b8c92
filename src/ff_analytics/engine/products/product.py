"""What an analytics product is: inputs, parameters, one pure function, an output contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from ff_analytics.engine.base.dataset import Freshness, resolve
from ff_analytics.engine.base.forms.fields import Mark

if TYPE_CHECKING:
    import dataframely as dy
    import polars as pl


class ProductParams(BaseModel):
    """Parameters that every product has. Subclasses add their own; the UI form shows them all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: Annotated[int | date | None, Mark.ADVANCED] = Field(
        None,
        description="Re-run on the past: a lake snapshot id or a date. The result goes to its own "
        "file and report and leaves the official output and the mart alone. Empty = now.",
    )
    snapshot_date: Annotated[date | None, Mark.ADVANCED] = Field(
        None,
        description="Date stamped on the rows, not before the newest official day. Empty = today "
        "in the product's timezone.",
    )
    accept_shrunk: Annotated[bool, Mark.ADVANCED] = Field(
        False,
        description="Publish this once although the output lost more rows than FF_SHRINK_LIMIT "
        "allows, or a whole position or channel.",
    )

    @property
    def timezone(self) -> str:
        """Timezone in which `snapshot_date` is a date."""
        return "UTC"


@dataclass(frozen=True)
class MartInput:
    """A mart that the product reads.

    `columns` are the only ones loaded; `where` is a SQL condition built from the parameters
    (numbers and quoted names only). `upstream` names the lake tables whose change makes the
    mart stale; `decided_by` those of them without which it has no row. `needed` tells from the
    parameters whether it is read at all.

    The mart of another product (`analytics.mrt_*`) has no `upstream`: only that product's own
    runs build it, and `ingest-check` checks its age against the producer's `freshness`.
    """

    mart: str
    columns: tuple[str, ...]
    upstream: tuple[str, ...] = ()
    decided_by: tuple[str, ...] = ()
    where: Callable[[Any], tuple[str, list[Any]]] | None = None
    allow_empty: bool = False
    needed: Callable[[Any], bool] | None = None

    @property
    def of_product(self) -> bool:
        """True for the mart of another product."""
        return self.mart.startswith("analytics.")


def newest_rows(mart: str, league: str = "league") -> Callable[[Any], tuple[str, list[Any]]]:
    """A `where` for another product's mart: the latest day of the parameters' league.

    `league` is the mart's column of that name.
    """

    def where(params: Any) -> tuple[str, list[Any]]:
        newest = f"(SELECT max(snapshot_date) FROM {mart} WHERE {league} = ?)"
        return f"{league} = ? AND snapshot_date = {newest}", [params.league] * 2

    return where


@dataclass(frozen=True)
class Scope:
    """What an official output is addressed and compared by: its league or tenant, and its parts.

    `column` of the output holds the league or tenant; `parameters` choose it, the one that takes
    a single value first; `values` are those of a run, None = all that the output holds. Values of
    `part` (positions, channels) must not vanish; `period` is the column with the season that the
    rows are about.
    """

    column: str | None = None
    parameters: tuple[str, ...] = ()
    values: Callable[[Any], list[str] | None] = lambda params: None
    part: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class RunContext:
    """What compute may know of its run besides its frames."""

    snapshot: int
    snapshot_date: date
    run_id: str
    # When the snapshot was committed: later days, and the day of the commit, are incomplete.
    committed_at: datetime = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Product:
    """A declaration; stages read it, so a new product changes no flow and no task."""

    name: str
    title: str
    description: str
    output: str
    params: type[ProductParams]
    inputs: tuple[MartInput, ...]
    contract_path: str
    dbt_models: str
    compute: "Callable[[Mapping[str, pl.DataFrame], Any, RunContext], pl.DataFrame]"
    top: tuple[str, ...] = ()
    sort_by: str | None = None
    # Rows that answer what the parameters ask; None where they ask nothing in particular.
    answer: "Callable[[pl.DataFrame, Any], pl.DataFrame | None] | None" = None
    # Whose movement "What changed" shows, where that is not `sort_by`.
    diff_by: str | None = None
    # Half a unit of the last digit that reports show of it: a smaller move is no change.
    precision: float = 0.05
    label: str | None = None
    checks: "tuple[Callable[..., Any], ...]" = field(default=())
    prepare: "Callable[[Any], None] | None" = None
    # Fills in what the parameters leave open, from a connection to the lake: the latest season.
    settle: "Callable[[Any, Any], Any] | None" = None
    # Why the lake holds too little for the parameters, although all inputs are there: a sentence
    # with the next step. A scheduled run is skipped then, until output was published once.
    too_little: "Callable[[Any, Any], str | None] | None" = None
    scope: Scope = field(default=Scope())
    report: "Callable[..., str] | None" = None
    # Looks at the output once it is published, and raises if it is whole but not good enough.
    quality_gate: "Callable[[pl.DataFrame, Any], None] | None" = None
    # Parameters of `quality_gate` only: they choose no rows, so a run with others is official too.
    gate_parameters: tuple[str, ...] = ()
    allow_empty: bool = False
    # Former names of its columns, old to new: the mart's history and published files follow.
    renamed: Mapping[str, str] = field(default_factory=dict)
    # `flow/deployment` that runs it, where that is not analytics/<name>.
    deployed_as: str | None = None
    # How old the newest rows of its mart may be for products that read it.
    freshness: Freshness = field(default=Freshness(timedelta(days=2), timedelta(days=8)))

    def inputs_for(self, params: Any) -> tuple[MartInput, ...]:
        """The inputs that a run with these parameters reads."""
        return tuple(i for i in self.inputs if i.needed is None or i.needed(params))

    @property
    def deployment(self) -> str:
        """`flow/deployment`, as in `prefect deployment run`."""
        return self.deployed_as or f"analytics/{self.name}"

    @property
    def mart(self) -> str:
        """The analytics mart with the history of the output."""
        return f"analytics.mrt_{self.output}"

    @property
    def contract(self) -> "type[dy.Schema]":
        return cast("type[dy.Schema]", resolve(self.contract_path))

    @property
    def module_name(self) -> str:
        return self.name.replace("-", "_")
