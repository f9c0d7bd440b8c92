"""Write the sample league once per seed, then read it like a provider's files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from filelock import FileLock

from ff_analytics.domains.fantasy.league.tables import CAP_CHARGES, CONTRACTS, ROSTERS
from ff_analytics.domains.fantasy.players.people import SAMPLE
from ff_analytics.domains.fantasy.sources.market_values.options import MARKET_VALUES
from ff_analytics.domains.fantasy.sources.nflverse import files as _nflverse_files
from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.http.download import download
from ff_analytics.engine.ingest.sample import refuse_real_early
from ff_analytics.engine.sources.shape import conform, read_file, require
from ff_analytics.engine.sources.source import Batch, FetchContext

FILES = {
    "rosters": ROSTERS,
    "contracts": CONTRACTS,
    "cap_charges": CAP_CHARGES,
    "market_values": MARKET_VALUES,
}


def write_sample(folder: Path, seed: int, *, anew: bool = False) -> None:
    """Fill `folder` with the league of `seed` unless it has it already, or with the option.

    The note of the seed is written last, so a killed run starts over.
    """
    from ff_analytics.domains.fantasy.sources.sample import generator as sample

    note = folder / "seed.txt"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if note.exists() and note.read_text() == str(seed) and not anew:
            return
        note.unlink(missing_ok=True)
        sample.write_league(folder, seed=seed)
        note.write_text(str(seed))


def _fetch_csv(context: FetchContext, folder: Path, dataset: Dataset, force: bool) -> Batch:
    url = (folder / "league" / f"{dataset.name}.csv").as_uri()
    before = context.cursor(dataset, "")
    found = download(
        url, known=before, settings=context.settings, traffic=context.traffic, force=force
    )
    # Other providers' values in that table, such as an own list for this league, stay.
    scope = {"provider": SAMPLE} if dataset is MARKET_VALUES else {}
    batch = partial(
        Batch, dataset=dataset, part="", origin=SAMPLE, url=url, cursor_before=before, scope=scope
    )
    if not found.changed:
        return batch(cursor={**(before or {}), **found.state})
    frame = read_file(found, context.settings)
    require(frame, dataset.keys, url)
    shaped = conform(frame, dataset.contract)
    return batch(
        cursor=dict(found.state),
        frame=shaped.frame,
        accept_loss=True,
        absent=shaped.absent,
        unknown=shaped.unknown,
        schema_changes=shaped.schema_changes,
        warnings=shaped.warnings,
    )


def fetch(context: FetchContext, seed: int, *, force: bool = False) -> Iterator[Batch]:
    """All files of the sample league as batches of origin `sample`.

    Raises `ConfigError` when the lake holds real rows, before anything is written.
    """
    refuse_real_early(context.settings)
    folder = context.settings.sample_dir
    write_sample(folder, seed, anew=force)
    releases = folder / "nflverse"
    stems = (path.stem for path in releases.glob("stats_player/stats_player_week_*.parquet"))
    seasons = sorted(int(stem.rpartition("_")[2]) for stem in stems)
    context.expected = len(FILES)
    yield from _nflverse_files.fetch(
        context, releases.as_uri(), seasons, force=force, origin=SAMPLE, accept_loss=True
    )
    for dataset in FILES.values():
        yield from context.attempt(
            dataset.name, partial(_fetch_csv, context, folder, dataset, force)
        )
