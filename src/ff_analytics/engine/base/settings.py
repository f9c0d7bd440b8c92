"""Settings from the environment (prefix `FF_`) and `.env`; every variable is in `.env.example`."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.forms.problems import explain

PROJECT_ROOT = Path(__file__).resolve().parents[4]


class Settings(BaseSettings):
    """Where things are and how patient the platform is. Paths may be relative to `home`."""

    model_config = SettingsConfigDict(
        env_prefix="FF_", env_file=PROJECT_ROOT / ".env", extra="ignore", frozen=True
    )

    home: Path = Field(PROJECT_ROOT, description="Folder with dbt/ and leagues/.")
    data_dir: Path = Field(Path("data"), description="Working data: lake, outputs, reports.")
    leagues_dir: Path = Field(Path("leagues"), description="League profiles, one YAML each.")
    tenants_dir: Path = Field(Path("tenants"), description="Marketing tenants, one YAML each.")
    lake_catalog: str = Field(
        "", description="sqlite:<path> or postgres:<dsn>; empty = sqlite under data_dir/lake."
    )
    lake_data: str = Field("", description="Folder or s3:// prefix of the lake's files.")
    analytics_data: str = Field(
        "",
        description="Folder or s3:// prefix of published Parquet; empty = data_dir/analytics, or "
        "<FF_LAKE_DATA>-analytics beside a lake on s3://.",
    )
    dbt_postgres: SecretStr | None = Field(
        None, description="DSN of a Postgres on which dbt builds the models, too."
    )
    lake_lock_timeout: float = Field(
        120.0, gt=0, description="Seconds to wait for a lock of the lake."
    )
    catalog_backups: int = Field(
        7, ge=1, description="Copies of the SQLite catalog that maintenance keeps."
    )
    orphan_share: float = Field(
        0.2, ge=0, le=1, description="Share of unknown lake files past which maintenance refuses."
    )
    trash_days: int = Field(14, ge=1, description="Days that maintenance keeps what it retires.")
    work_pool: str = Field(
        "local-process-pool", description="Work pool of every deployment, deployments/work-pools."
    )
    watch: bool = Field(
        True, description="Start the watch beside the first worker on the server's machine."
    )
    warm_start: bool = Field(
        True, description="Fork flow runs of a process pool from a process with its imports done."
    )
    task_runner: Literal["threads", "dask"] = Field(
        "threads", description="What computes the leagues of one run side by side."
    )
    task_workers: int = Field(2, ge=1, description="How many at once, threads or dask workers.")
    tenants_at_once: int = Field(
        1, ge=1, le=16, description="Tenants whose accounts one load reads at the same time."
    )
    dask_scheduler: str = Field(
        "", description="Address of a running dask scheduler; empty = workers on this host."
    )
    content_dir: Path = Field(Path("content"), description="Content profiles, one YAML each.")
    domains: str = Field(
        "", description="Domains in use, with commas between; empty = all of which data is loaded."
    )
    league: str = Field("dynasty_half_ppr", description="Default league profile.")
    season_min_weeks: int = Field(
        4, ge=1, le=18, description="Weeks after which a new season is valued by default."
    )
    shrink_limit: float = Field(
        0.3, gt=0, le=1, description="Share of rows that an official output may lose at once."
    )
    nflverse_url: str = Field(
        "https://github.com/nflverse/nflverse-data/releases/download",
        description="Base of the nflverse releases: https, a loopback http server, or file://.",
    )
    file_sources: str = Field(
        "data,examples",
        description="Folders, with commas between, below which a file may be read as a source.",
    )
    unpacked_limit_mb: int = Field(
        4096, ge=1, description="Most MB that a file of a source may unpack to, on disk."
    )
    answer_limit_mb: int = Field(
        512, ge=1, description="Most MB of an answer or file that is read into memory."
    )
    http_timeout: float = Field(30.0, gt=0, description="Seconds per provider request.")
    http_attempts: int = Field(4, ge=1, le=10, description="Tries per provider request.")
    snapshot_retention_days: int = Field(90, ge=1, description="Lake history kept for time travel.")
    report_retention_days: int = Field(
        60, ge=1, description="Days that the report of a day is kept; the latest one stays."
    )
    run_retention_days: int = Field(90, ge=1, description="Flow run history kept by the server.")
    discord_webhook_url: SecretStr | None = Field(
        None, validation_alias="DISCORD_WEBHOOK_URL", description="Webhook of the alert channel."
    )

    # The names that libpq and every S3 client know.
    catalog_password: SecretStr | None = Field(
        None, validation_alias="PGPASSWORD", description="Of a Postgres catalog, if not in its DSN."
    )
    s3_endpoint: str = Field(
        "",
        validation_alias=AliasChoices("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="http(s)://host:port of an S3-compatible store; empty = Amazon's.",
    )
    s3_region: str = Field(
        "us-east-1", validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION")
    )
    s3_key_id: SecretStr | None = Field(None, validation_alias="AWS_ACCESS_KEY_ID")
    s3_secret: SecretStr | None = Field(None, validation_alias="AWS_SECRET_ACCESS_KEY")
    s3_session_token: SecretStr | None = Field(None, validation_alias="AWS_SESSION_TOKEN")

    @field_validator("home", "data_dir", "leagues_dir", "tenants_dir", "content_dir")
    @classmethod
    def _at_home(cls, path: Path) -> Path:
        """`~` is the user's home: no shell has replaced it in `.env`."""
        return path.expanduser()

    @field_validator("lake_catalog", "lake_data", "analytics_data")
    @classmethod
    def _place_at_home(cls, place: str) -> str:
        """The same in `~/lake` and `sqlite:~/lake/catalog.sqlite`."""
        scheme, colon, path = place.rpartition("sqlite:") if "sqlite:" in place else ("", "", place)
        return f"{scheme}{colon}{Path(path).expanduser()}" if path.startswith("~") else place

    def _under(self, base: Path, path: Path) -> Path:
        return path if path.is_absolute() else base / path

    def embedded(self, data_dir: Path) -> "Settings":
        """These settings over a lake of its own, embedded in `data_dir`."""
        none = {"lake_catalog": "", "lake_data": "", "analytics_data": ""}
        return self.model_copy(update={"data_dir": data_dir, **none})

    @property
    def data(self) -> Path:
        return self._under(self.home, self.data_dir)

    @property
    def leagues(self) -> Path:
        return self._under(self.home, self.leagues_dir)

    @property
    def tenants(self) -> Path:
        return self._under(self.home, self.tenants_dir)

    @property
    def content(self) -> Path:
        return self._under(self.home, self.content_dir)

    @property
    def lake_dir(self) -> Path:
        return self.data / "lake"

    @property
    def catalog(self) -> str:
        return self.lake_catalog or f"sqlite:{self.lake_dir / 'catalog.sqlite'}"

    @property
    def files(self) -> str:
        return self.lake_data.rstrip("/") or str(self.lake_dir / "files")

    @property
    def analytics(self) -> str:
        """Folder or s3:// prefix below which products publish; never below the lake's files."""
        if self.analytics_data:
            return self.analytics_data.rstrip("/")
        beside = f"{self.files}-analytics" if self.files.startswith("s3://") else ""
        return beside or str(self.data / "analytics")

    @property
    def reports_dir(self) -> Path:
        return self.data / "reports"

    @property
    def quarantine_dir(self) -> Path:
        return self.data / "quarantine"

    @property
    def sample_dir(self) -> Path:
        return self.data / "sample"

    @property
    def cache_dir(self) -> Path:
        return self.data / "cache"

    @property
    def run_logs_dir(self) -> Path:
        """Output of each run that a process worker starts, one file by flow run id."""
        return self.data / "logs" / "runs"

    @property
    def dbt_dir(self) -> Path:
        return self.home / "dbt"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the settings once per process; tests call `get_settings.cache_clear()`."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = explain(error, name=lambda n: n if n.isupper() else f"FF_{n.upper()}")
        raise ConfigError(f"{wrong} Correct it in .env or the environment.") from None
