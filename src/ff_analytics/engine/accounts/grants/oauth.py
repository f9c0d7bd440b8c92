"""Access tokens from an OAuth token address (RFC 6749): one POST, given or refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from ff_analytics.engine.base.errors import AuthError, SourceError
from ff_analytics.engine.base.settings import Settings
from ff_analytics.engine.http.api import Answer, Api, plain
from ff_analytics.engine.http.client import public
from ff_analytics.engine.http.traffic import Traffic

# A grant that is refused once is refused for good; RFC 6749, section 5.2. Its list of words is
# not closed: Shopify has its own.
_REFUSED = (400, 401)


def exchange(
    who: str, url: str, form: Mapping[str, str], settings: Settings, traffic: Traffic
) -> dict[str, Any]:
    """The answer to a grant, with its access_token. Raises `AuthError` when it is refused.

    `form` contains secrets; they are sent to `url` only and are in no message.
    """

    def without_credentials(renew: bool) -> dict[str, str]:
        return {}

    api = Api(who, url, settings, traffic, without_credentials, dialect=_of(who))
    body = api.request("POST", url, form=form).body
    token = body.get("access_token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token:
        raise SourceError(
            f"{who}: {public(url)} answered without an access_token. Check the token URL."
        )
    return dict(body)


@dataclass
class AccessToken:
    """A short-lived token, fetched when first needed and renewed when it was refused.

    `form` contains the long-lived secrets; they are sent to `url` only and are in no message.
    """

    who: str
    url: str
    form: Mapping[str, str] = field(repr=False)
    settings: Settings
    traffic: Traffic
    _token: SecretStr | None = field(default=None, repr=False)

    def get(self, renew: bool = False) -> str:
        """The token; with `renew` a new one."""
        if renew or self._token is None:
            self._token = SecretStr(self._fetch())
        return self._token.get_secret_value()

    def _fetch(self) -> str:
        body = exchange(self.who, self.url, self.form, self.settings, self.traffic)
        return str(body["access_token"])


def _of(who: str) -> Callable[[Answer], None]:
    def classify(answer: Answer) -> None:
        said = answer.body if isinstance(answer.body, dict) else {}
        if answer.status in _REFUSED and said.get("error"):
            why = said.get("error_description") or said["error"]
            raise AuthError(
                f"{who}: {public(answer.url)} gives no access token ({why}). "
                "Put valid credentials into the block or the environment; a refresh token that has "
                "ended is replaced by signing in again."
            )
        plain(answer)

    return classify
