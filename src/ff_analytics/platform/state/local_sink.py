"""A fake Discord on this machine: prints the messages that the server would post.

Copies of the automations, with the same templates, send through a block that posts to a port of
this process. They react only to the test's own events, so the real channel receives nothing.
"""

import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from rich.console import Console
from rich.text import Text

from ff_analytics.engine.base.errors import ConfigError
from ff_analytics.platform.declared.files import Automation, Block
from ff_analytics.platform.loopback import LOOPBACK
from ff_analytics.platform.state.automations import definition

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

NAME = "ff-notify-test"
_MARKS = re.compile(r"\*\*(?P<bold>.+?)\*\*|`(?P<code>[^`\n]+)`|<(?P<link>https?://[^>\s]+)>")


class Sink:
    """The messages that arrived, in order."""

    def __init__(self) -> None:
        self.contents: list[str] = []
        self.url = ""


@contextmanager
def listening() -> Iterator[Sink]:
    """A loopback port that takes what Discord would take."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            sink.contents.append(str(json.loads(body).get("content", "")))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: the messages themselves are shown."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.url = f"http://127.0.0.1:{server.server_port}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


def require_local(api_url: str) -> None:
    """`ConfigError` where the server could not reach a port of this machine."""
    if urlsplit(api_url).hostname not in LOOPBACK:
        raise ConfigError(
            f"--local needs the Prefect server on this machine, and PREFECT_API_URL is {api_url}. "
            "Run it there, or without --local."
        )


def _only_for(nonce: str, automation: Automation) -> Automation:
    """The automation for resources of this test only."""
    match = dict(automation.trigger.match)
    wanted = match["prefect.resource.id"]
    patterns = [wanted] if isinstance(wanted, str) else wanted
    match["prefect.resource.id"] = [prefixed(nonce, pattern) for pattern in patterns]
    trigger = automation.trigger.model_copy(update={"match": match})
    return automation.model_copy(update={"trigger": trigger, "name": f"{NAME}-{automation.name}"})


def prefixed(nonce: str, resource: str) -> str:
    """The id of a resource as the copies know it."""
    return f"{NAME}.{nonce}.{resource}"


@asynccontextmanager
async def copies(
    client: "PrefectClient", sink: Sink, nonce: str, automations: list[Automation], block: Block
) -> AsyncIterator[None]:
    """The automations, sending to the sink, for as long as this lasts."""
    from prefect.blocks.notifications import CustomWebhookNotificationBlock
    from prefect.events.schemas.automations import AutomationCore

    await _remove(client)
    content = {"content": "{{body}}", "username": block.botname}
    webhook = CustomWebhookNotificationBlock(name=NAME, url=sink.url, json_data=content)
    document: UUID = await webhook.asave(NAME, overwrite=True, client=client)
    try:
        for automation in automations:
            body = definition(_only_for(nonce, automation), document) | {"tags": [NAME]}
            await client.create_automation(AutomationCore.model_validate(body))
        yield
    finally:
        await _remove(client)


async def _remove(client: "PrefectClient") -> None:
    """The copies and their block, also those of a test that was killed."""
    from prefect.exceptions import ObjectNotFound

    from ff_analytics.platform.api.server import pages

    for automation in await pages(client.read_automations):
        if automation.name.startswith(f"{NAME}-") and NAME in automation.tags:
            await client.delete_automation(automation.id)
    with suppress(ObjectNotFound):
        document = await client.read_block_document_by_name(NAME, "custom-webhook")
        await client.delete_block_document(document.id)


def as_discord_shows(content: str) -> Text:
    """Discord's bold, code and links as a terminal has them."""
    shown, end = Text(), 0
    for mark in _MARKS.finditer(content):
        shown.append(content[end : mark.start()])
        style = {"bold": "bold", "code": "cyan", "link": "underline blue"}[str(mark.lastgroup)]
        shown.append(mark[str(mark.lastgroup)], style)
        end = mark.end()
    shown.append(content[end:])
    return shown


def show(contents: list[str], botname: str, now: datetime) -> None:
    """Each message as it would appear in the channel."""
    console = Console(soft_wrap=True, highlight=False)
    for content in contents:
        console.print(Text(f"{botname}  APP  {now:%H:%M}", "dim"))
        console.print(as_discord_shows(content.strip()))
        console.print()
