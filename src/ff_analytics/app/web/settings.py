"""Address and login of the Prefect API, from `.env`."""

from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.engine.base.settings import PROJECT_ROOT


class ServerSettings(BaseSettings):
    """Where the Prefect API is, and the `user:password` of API and app."""

    model_config = SettingsConfigDict(env_file=PROJECT_ROOT / ".env", extra="ignore", frozen=True)

    api_url: str = Field("http://127.0.0.1:4200/api", validation_alias="PREFECT_API_URL")
    api_key: SecretStr | None = Field(None, validation_alias="PREFECT_API_KEY")
    api_login: SecretStr | None = Field(None, validation_alias="PREFECT_API_AUTH_STRING")
    server_login: SecretStr | None = Field(None, validation_alias="PREFECT_SERVER_API_AUTH_STRING")

    def login(self) -> str:
        """The `user:password` that opens the app; `ConfigError` when `.env` has none."""
        known = self.server_login or self.api_login
        login = known.get_secret_value() if known else ""
        user, _, password = login.partition(":")
        if not user or not password:
            raise ConfigError(
                "The app has the login of the Prefect API, and .env holds none. Run "
                "scripts/bootstrap: it writes PREFECT_SERVER_API_AUTH_STRING."
            )
        return login

    @property
    def ui_url(self) -> str:
        """Address of Prefect's own pages."""
        return self.api_url.removesuffix("/").removesuffix("/api")


@lru_cache(maxsize=1)
def server_settings() -> ServerSettings:
    """Read once per process."""
    return ServerSettings()
