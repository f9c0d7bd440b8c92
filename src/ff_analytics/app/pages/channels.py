"""The page /channels."""

from starlette.responses import Response

from ff_analytics.app.web.page import Page, part, show


def channels(page: Page) -> Response:
    """Nothing yet."""
    body = part(
        "nothing.html.j2", text="This page has no rows to show yet.", command="ff run valuation"
    )
    return show(page, "Channels", body)
