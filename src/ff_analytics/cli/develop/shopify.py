"""`ff shopify`: the login of a shop."""

from typing import Annotated

from cyclopts import App, Parameter

from ff_analytics.cli.console import out
from ff_analytics.cli.options import PLAIN

app = App(
    name="shopify",
    help_epilogue="""\
Examples:
  ff shopify login --shop acme.myshopify.com""",
    **PLAIN,
)


def _credentials_of(shop: str) -> str:
    """The credentials that a tenant's file names for the shop."""
    from ff_analytics.domains.marketing.shopify.credentials import PROVIDER
    from ff_analytics.engine.accounts import tenants
    from ff_analytics.engine.base.errors import ConfigError
    from ff_analytics.engine.base.settings import get_settings

    for tenant in tenants.load_all(get_settings()):
        for account in tenant.accounts(PROVIDER):
            if account.id == shop:
                return account.credentials
    raise ConfigError(
        f"No tenant has the shop {shop}: add it to its file, or name the --credentials."
    )


@app.command(
    help_epilogue="""\
Shopify sends the browser back to http://127.0.0.1:PORT/callback, which has to be a redirect URL of
the app. Without --port any free port is used.

Examples:
  ff shopify login --shop acme.myshopify.com
  ff shopify login --shop acme.myshopify.com --credentials acme-shop --port 3456"""
)
def login(
    *,
    shop: Annotated[str, Parameter(help="The shop's own domain, acme.myshopify.com.")],
    credentials: Annotated[
        str | None, Parameter(help="Their name. Empty = those of the tenant with this shop.")
    ] = None,
    all_orders: Annotated[
        bool, Parameter(help="Also orders before the last 60 days; needs Shopify's approval.")
    ] = False,
    port: Annotated[int, Parameter(help="Of the redirect; 0 = a free one.")] = 0,
) -> int:
    """Let a shop's owner grant access in a browser; keeps rotating tokens for later runs."""
    import webbrowser

    from ff_analytics.domains.marketing.shopify.api.login import login as log_in
    from ff_analytics.domains.marketing.shopify.credentials import ShopifyCredentials
    from ff_analytics.engine.base.errors import ConfigError
    from ff_analytics.engine.base.settings import get_settings
    from ff_analytics.engine.http.credentials import resolve, variables

    name = credentials or _credentials_of(shop)
    access = resolve(ShopifyCredentials, name)
    if access is None:
        needed = variables(ShopifyCredentials, name)
        raise ConfigError(f"Set {needed['client_id']} and {needed['client_secret']} in .env first.")

    def show(url: str) -> None:
        out(f"Open this page and grant access:\n{url}")
        webbrowser.open(url)

    file = log_in(access, shop, get_settings(), show, all_orders=all_orders, port=port)
    out(f"Granted; the tokens are kept in {file} and renewed by the runs.")
    return 0
