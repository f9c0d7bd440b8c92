"""The content domain's declaration."""

from ff_analytics.engine.sources.domain import Domain

DOMAIN = Domain(name="content", title="Content operations", run_folders=("content",))
