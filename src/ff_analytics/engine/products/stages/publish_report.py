"""The HTML reports of a run: one per league or tenant and day; scenarios have their own."""

from pathlib import Path

from ff_analytics.engine.base.atomic import replace_text
from ff_analytics.engine.base.errors import PublishError
from ff_analytics.engine.products.pages.index import write_index
from ff_analytics.engine.products.run import Part, Run


def _write(run: Run, target: Path, page: str) -> None:
    try:
        replace_text(target, page)
    except OSError as error:
        # The report is no stage of its own; it belongs to the one that published its rows.
        run.fail_stage()
        raise PublishError(
            f"{target} could not be written: {error}. The previous report is untouched. "
            "Check free space and permissions of the folder, then run again."
        ) from error


def _publish(run: Run, part: Part) -> Path:
    assert run.product.report is not None
    page = run.product.report(part.frame, part.run)
    folder, own = run.settings.reports_dir, part.addresses[0]
    if run.official:
        # First: a link to the day must not lead to a report that is not there.
        _write(run, folder / own.report_of(run.snapshot_date), page)
    for address in part.addresses:
        target = folder / address.report
        _write(run, target, page)
    kept = own.report_of(run.snapshot_date) if run.official else own.report
    run.report_links.append(str(folder / kept))
    return target


def publish_report(run: Run) -> Path | None:
    """Write the report of each published part atomically; the last path, None without a report.

    An official one goes to the address of its day too, which the run's artifacts link.
    """
    if run.product.report is None:
        return None
    run.report_links = []
    for part in run.parts:
        run.report_path = str(_publish(run, part))
    write_index(run.settings, run.author)
    return Path(run.report_path) if run.report_path else None
