"""One analytics run: what it works on, what each stage did, and the report it leaves."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from ff_analytics.engine.base.errors import FFError
from ff_analytics.engine.base.forms.fields import Mark, in_order
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.secret_shapes import refuse_values
from ff_analytics.engine.base.settings import Settings, get_settings
from ff_analytics.engine.products import registry as products
from ff_analytics.engine.products.diff import OutputDiff
from ff_analytics.engine.products.official import address
from ff_analytics.engine.products.official.address import Address
from ff_analytics.engine.products.official.declared import declared_parameters
from ff_analytics.engine.products.product import Product, ProductParams
from ff_analytics.engine.products.run_report import (
    Heard,
    Outcome,
    RunReport,
    StageName,
    StageReport,
)

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Part", "Run", "RunReport", "StageReport", "start"]


@dataclass
class Part:
    """What is published on its own: rows, the run as their report sees it, and where both go."""

    addresses: tuple[Address, ...]
    frame: "pl.DataFrame"
    run: "Run"


@dataclass
class Run:
    """Mutable state that the stages share; they run in order, in one process."""

    product: Product
    params: ProductParams
    settings: Settings
    run_id: str
    deployment: str | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    # The deployment's own parameters; without a deployment the product's defaults.
    own: Mapping[str, Any] = field(default_factory=dict)
    # The parameters with what they leave open filled in from the lake, once that is read.
    settled: ProductParams = field(init=False)
    snapshot: int | None = None
    # What load-mart read, by mart: a report may show more of it than the output holds.
    inputs: "Mapping[str, pl.DataFrame]" = field(default_factory=dict, repr=False)
    stages: list[StageReport] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    output: str | None = None
    # What write-parquet published, and all files of it; `output` is the last one.
    parts: list[Part] = field(default_factory=list, repr=False)
    outputs: list[str] = field(default_factory=list)
    report_path: str | None = None
    # Reports of this very run, one per league or tenant: no later day replaces them.
    report_links: list[str] = field(default_factory=list)
    diff: OutputDiff | None = None
    held: ExitStack = field(default_factory=ExitStack)
    # Called with each stage that completed.
    progress: Callable[[StageReport], None] = field(default=lambda stage: None, repr=False)

    def __post_init__(self) -> None:
        self.settled = self.params

    @property
    def snapshot_date(self) -> date:
        """The date stamped on the rows: given, or that of `as_of`, or today in the timezone."""
        if self.params.snapshot_date:
            return self.params.snapshot_date
        if isinstance(self.params.as_of, date):
            return self.params.as_of
        if self.params.as_of is not None:
            from ff_analytics.engine.lake import snapshot_date_of

            return snapshot_date_of(self.params.as_of, self.params.timezone, self.settings)
        return self.started_at.astimezone(ZoneInfo(self.params.timezone)).date()

    @property
    def subject(self) -> list[Any]:
        """League or tenant and season of the run, as far as they are known by now."""
        return subject(self.product, self.settled)

    @property
    def differs(self) -> dict[str, tuple[Any, Any]]:
        """Parameters that make the run a scenario: name -> value and official value."""
        return address.differences(self.product, self.params, self.own)

    @property
    def official(self) -> bool:
        """True for the deployment's own parameters, whatever the league or tenant and the day.

        A run on the past, and one with any other parameter, leaves official outputs alone.
        """
        return self.params.as_of is None and not self.differs

    @property
    def kind(self) -> str:
        """`official`, `scenario`, or `past` for official parameters on the past."""
        return "official" if self.official else "scenario" if self.differs else "past"

    @property
    def scenario(self) -> str | None:
        """What makes the run a scenario, in one sentence; None for official parameters."""
        if not self.differs:
            return None
        return f"Scenario, not the official output: {address.describe(self.differs)}."

    def settle(self, con: Any) -> ProductParams:
        """The parameters with what they leave open filled in from the lake as `con` sees it."""
        settle = self.product.settle
        self.settled = settle(con, self.params) if settle else self.params
        return self.settled

    @property
    def author(self) -> str:
        return self.deployment or f"local/{self.product.name}"

    @contextmanager
    def stage(self, name: StageName) -> Iterator[StageReport]:
        """Time a stage and note how it ended; a retry of a stage replaces its entry."""
        self.stages = [done for done in self.stages if done.name != name]
        report = StageReport(name=name)
        self.stages.append(report)
        heard = Heard(self.warnings)
        logging.getLogger("ff_analytics").addHandler(heard)
        start = perf_counter()
        try:
            yield report
            report.outcome = Outcome.COMPLETED
        except BaseException:
            report.outcome = Outcome.FAILED
            raise
        finally:
            report.seconds = round(perf_counter() - start, 3)
            logging.getLogger("ff_analytics").removeHandler(heard)
        self.progress(report)

    def fail_stage(self) -> None:
        """Mark the last stage as failed by work that belongs to it but ran after it."""
        self.stages[-1].outcome = Outcome.FAILED

    def close(self, error: BaseException | None = None) -> RunReport:
        """Release what the run holds and make its report."""
        self.held.close()
        kind = getattr(error, "kind", None) if isinstance(error, FFError) else None
        return RunReport(
            product=self.product.name,
            parameters=self.params.model_dump(mode="json"),
            run_id=self.run_id,
            started_at=self.started_at,
            finished_at=datetime.now(UTC),
            outcome=Outcome.FAILED if error else Outcome.COMPLETED,
            snapshot=self.snapshot,
            snapshot_date=self.params.snapshot_date or self.started_at.date()
            if error
            else self.snapshot_date,
            stages=self.stages,
            # A stage that was tried again says its warnings again.
            warnings=list(dict.fromkeys(self.warnings)),
            notices=list(dict.fromkeys(self.notices)),
            output=self.output,
            outputs=self.outputs,
            kind=self.kind,
            scenario=self.scenario,
            report=self.report_path,
            report_links=self.report_links,
            diff=self.diff,
            error_kind=kind or (type(error).__name__ if error else None),
            error=str(error) if error else None,
        )


def subject(product: Product, params: ProductParams) -> list[Any]:
    """What names a run of `product` with these parameters: its league or tenant, its season."""
    fields = [
        name
        for name, field in in_order(dict(type(params).model_fields))
        if Mark.NAMES_RUN in field.metadata and name not in product.scope.parameters
    ]
    values = [*(product.scope.values(params) or []), *(getattr(params, name) for name in fields)]
    return [value for value in values if value not in (None, "", [])]


def start(
    product_name: str,
    parameters: dict[str, Any],
    *,
    run_id: str | None = None,
    deployment: str | None = None,
    own: Mapping[str, Any] | None = None,
    settings: Settings | None = None,
) -> Run:
    """Check the product and its parameters; `ConfigError` names the wrong field.

    `own` are the deployment's parameters. Without them those in `prefect.yaml` count, and fill in
    what `parameters` leave out, league or tenant excepted: a run without a server is the same one.
    """
    product = products.load(product_name)
    settings, run_id = settings or get_settings(), run_id or str(uuid4())
    if own is None:
        own = declared_parameters(product, settings)
        chosen = {*product.scope.parameters, *address.OF_EVERY_RUN}
        parameters = {k: v for k, v in own.items() if k not in chosen} | parameters
    refuse_values(parameters, f"analytics/{product_name}")
    params = checked(product.params, parameters, product_name)
    return Run(product, params, settings, run_id, deployment, own=own)
