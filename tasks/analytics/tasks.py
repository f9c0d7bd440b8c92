"""The stages of an analytics run as Prefect tasks, for `pipeline.execute`."""

from ff_analytics.engine.products.pipeline import Stages
from tasks.analytics.build_dbt_marts import build_dbt_marts
from tasks.analytics.compute import compute
from tasks.analytics.ingest_check import ingest_check
from tasks.analytics.load_mart import load_mart
from tasks.analytics.quality_gate import quality_gate
from tasks.analytics.write_parquet import write_parquet

TASKS = Stages(ingest_check, load_mart, compute, write_parquet, build_dbt_marts, quality_gate)
