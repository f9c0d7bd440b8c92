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
    """The product's official Parquet files; nothing for scenarios and runs on the past."""
    if not run.official:
        return []
    from ff_analytics.engine.products.official.address import Address, folder_of, is_main

    properties = AssetProperties(name=run.product.title, description=run.product.description)
    at = run.settings.analytics
    base = at if at.startswith("s3://") else "file://data/analytics"
    values = run.product.scope.values(run.params) if run.product.scope.column else None
    folders = [folder_of([value]) for value in values or []]
    if is_main(run.product, run.params, run.own):
        folders.append("")
    files = [Address(run.product.name, run.product.output, folder).file for folder in folders]
    return [Asset(key=f"{base}/{file}", properties=properties) for file in files]


def marts(run: "Run") -> list[Asset | str]:
    """The product's dbt models."""
    if not run.official:
        return []
    models = (word.strip("+") for word in run.product.dbt_models.split())
    return [Asset(key=f"ducklake://lake/analytics/{model}") for model in models]
