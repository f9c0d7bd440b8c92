"""Lineage: which inputs a published file came from, and which marts came from the file."""

from typing import TYPE_CHECKING

from prefect.assets import Asset, AssetProperties

if TYPE_CHECKING:
    from ff_analytics.engine.products.run import Run


def inputs(run: "Run") -> list[Asset | str]:
    """The lake tables that the product reads."""
    return [
        Asset(key=f"ducklake://lake/{source.mart.replace('.', '/')}")
        for source in run.product.inputs_for(run.params)
    ]


def published(run: "Run") -> list[Asset | str]:
    """The product's Parquet file; nothing for a run on the past, which publishes no news."""
    if run.params.as_of is not None:
        return []
    properties = AssetProperties(name=run.product.title, description=run.product.description)
    at = run.settings.analytics
    folder = at if at.startswith("s3://") else "file://data/analytics"
    key = f"{folder}/{run.product.output}/latest.parquet"
    return [Asset(key=key, properties=properties)]


def marts(run: "Run") -> list[Asset | str]:
    """The product's dbt models."""
    if run.params.as_of is not None:
        return []
    models = (word.strip("+") for word in run.product.dbt_models.split())
    return [Asset(key=f"ducklake://lake/analytics/{model}") for model in models]
