"""What a load needs to know, checked before anything is asked of the network."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.fields import Mark
from ff_analytics.engine.base.forms.problems import checked
from ff_analytics.engine.base.secret_shapes import refuse_values
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.client import check_url
from ff_analytics.engine.http.policy.source_files import allowed_file

Format = Literal["auto", "json", "ndjson", "csv", "parquet"]
Paging = Literal["none", "link", "cursor", "offset"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# What other parts of the platform own: a generic load must not write into it.
RESERVED = ("staging", "core", "marts", "analytics", "ops", "content", "main", "information_schema")
# Names of catalogs to DuckDB: `lake.t` would be a table t of the lake itself.
_CATALOGS = ("lake", "warehouse", "temp", "system", "memory", "pg_catalog", "pg_temp")


class ExtractConfig(BaseModel):
    """Source, target and pace of one load."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_url: str = Field(
        examples=["https://example.com/daily.csv"],
        description="https://…, http:// on this machine, or a file below FF_FILE_SOURCES.",
    )
    target_table: Annotated[str, Mark.NAMES_RUN] = Field(
        examples=["public.daily"],
        description="schema.table in the lake; 'warehouse.' may precede it.",
    )
    batch_size: int = Field(
        500, ge=1, le=100_000, description="Rows asked for per page, and least rows per part."
    )
    timeout_seconds: float = Field(30.0, gt=0, le=3600, description="Seconds per request.")
    format: Format = Field("auto", description="Form of the body; auto asks type and name.")
    paging: Paging = Field("none", description="How the next page is found.")
    records_path: Annotated[str, Mark.ADVANCED] = Field(
        "", description="Where the rows are in a JSON body, e.g. data.items."
    )
    cursor_path: Annotated[str, Mark.ADVANCED] = Field(
        "next_cursor", description="Where a JSON body has the next cursor."
    )
    cursor_param: Annotated[str, Mark.ADVANCED] = Field(
        "cursor", description="Query parameter of the cursor."
    )
    limit_param: Annotated[str, Mark.ADVANCED] = Field(
        "limit", description="Query parameter of the page size."
    )
    offset_param: Annotated[str, Mark.ADVANCED] = Field(
        "offset", description="Query parameter of the offset."
    )
    separator: Annotated[Literal["auto", "comma", "semicolon", "tab", "pipe"], Mark.ADVANCED] = (
        Field(
            "auto", description="What parts the fields of a CSV; auto finds it where it is plain."
        )
    )
    rename_columns: Annotated[dict[str, str], Mark.ADVANCED] = Field(
        {}, description='Name in the source -> column in the lake, e.g. {"_row": "row"}.'
    )
    may_vanish: Annotated[list[str], Mark.ADVANCED] = Field(
        [], description="Stored columns that a delivery may lack; any other is refused."
    )
    key_columns: list[str] = Field([], description="Columns that identify a row; none = append.")
    token_block: Annotated[str, Mark.ADVANCED] = Field(
        "", description="Prefect Secret block whose value is sent as bearer token."
    )
    allow_empty: Annotated[bool, Mark.ADVANCED] = Field(
        False, description="Accept a source without rows."
    )
    force: Annotated[bool, Mark.ADVANCED] = Field(
        False, description="Append again what was appended before."
    )

    @field_validator("source_url")
    @classmethod
    def _readable(cls, value: str) -> str:
        if "://" in value or ":" in value.partition("/")[0]:
            try:
                return check_url(value)
            except ConfigError as error:
                raise ValueError(str(error)) from None
        if not value or value.startswith("/") or ".." in Path(value).parts:
            raise ValueError("write a URL, or a path below the project without a leading /")
        if any(part.startswith(".") for part in Path(value).parts):
            raise ValueError("hidden files and folders are not read as sources")
        return value

    @field_validator("target_table")
    @classmethod
    def _ours(cls, value: str) -> str:
        parts = value.split(".")
        if len(parts) == 3 and parts[0] in ("warehouse", "lake"):
            parts = parts[1:]
        if len(parts) != 2 or not all(_NAME.fullmatch(part) for part in parts):
            raise ValueError(
                f"{value!r} is no table of the lake: write schema.table or "
                "warehouse.schema.table, in lower case letters, digits and _"
            )
        if parts[0] in _CATALOGS:
            raise ValueError(
                f"{parts[0]!r} is the name of a database, not of a schema; write another schema, "
                f"e.g. public.{parts[1]}"
            )
        if parts[0] in RESERVED or parts[0].startswith("raw_"):
            raise ValueError(
                f"schema {parts[0]!r} belongs to the platform; choose another, e.g. public"
            )
        return ".".join(parts)

    @property
    def paged(self) -> bool:
        return self.paging != "none"

    def url(self, settings: Settings) -> str:
        """The address to read; a plain path is a file below the project.

        Raises `ConfigError` for a file outside the folders that FF_FILE_SOURCES allows.
        """
        url = self.source_url
        if "://" not in url:
            url = (settings.home / url).absolute().as_uri()
        return allowed_file(url, settings).as_uri() if url.startswith("file:") else url


def parse_config(parameters: Mapping[str, Any]) -> ExtractConfig:
    """Raises `ConfigError` naming the parameter that is wrong, or that holds a secret."""
    refuse_values(parameters, "enterprise-data-pipeline")
    return checked(ExtractConfig, dict(parameters))
