"""dbt on the lake: in this process, inside the writer lock, with its failures explained.

dbt's own runner with a warm parse costs a fraction of a subprocess. What dbt writes (parse
cache, compiled SQL, log) goes below `data/dbt`, so that every data folder has its own.
"""

from ff_analytics.engine.dbt.results import DbtRun, NodeRun
from ff_analytics.engine.dbt.runner import build, models_fingerprint
from ff_analytics.engine.dbt.session import preload

__all__ = ["DbtRun", "NodeRun", "build", "models_fingerprint", "preload"]
