"""The marketing domain's declaration."""

from ff_analytics.engine.base.dataset import Dataset
from ff_analytics.engine.sources.domain import Domain

DOMAIN = Domain(
    name="marketing",
    title="Marketing channels",
    files="tenants/<name>.yaml",
    mirrored=(
        Dataset(
            "tenants",
            "raw_marketing.tenants",
            ("tenant",),
            "ff_analytics.domains.marketing.tenants.contract:TenantRow",
        ),
        Dataset(
            "budgets",
            "raw_marketing.budgets",
            ("tenant", "channel"),
            "ff_analytics.domains.marketing.tenants.contract:Budget",
        ),
    ),
)
