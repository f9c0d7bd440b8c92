"""A source of rows over HTTP into one lake table: extract, transform, load.

`run_etl()` does all of it; the stages are public so that an orchestrator can wrap each.
"""

from ff_analytics.engine.etl.config import ExtractConfig, parse_config

__all__ = ["ExtractConfig", "parse_config"]
