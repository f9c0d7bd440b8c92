"""Shopify bulk operations: a question without pages, answered as a file of JSON lines."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ff_analytics.domains.marketing.shopify.api.client import Record, Shop
from ff_analytics.engine.base.errors import AuthError, SourceError, SourceUnavailable
from ff_analytics.engine.http.api import json_lines

PAGE = 1000  # records handed on at a time
_PARENT = "__parentId"
_OVER = ("FAILED", "CANCELED", "EXPIRED")

_START = """mutation($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id }
    userErrors { code message }
  }
}"""
_LOOK = """query($id: ID!) {
  bulkOperation(id: $id) { status errorCode objectCount url }
}"""


@dataclass(frozen=True)
class Bulk:
    """Bulk operations of one shop.

    `poll` are the first and the longest pause between two looks, in seconds; an operation that
    finds no further object for `patience` seconds is given up.
    """

    shop: Shop
    poll: tuple[float, float] = (0.5, 15.0)
    patience: float = 1800.0
    tries: int = 3
    sleep: Callable[[float], None] = time.sleep

    def pages(self, query: str, children: str) -> Iterator[list[Record]]:
        """Records of `query`, each with its own connection put back as `children`.

        An operation that fails, loses its file or delivers too few lines is started again; of
        a partial file nothing is taken. Raises `AuthError`, `SourceUnavailable`.
        """
        why = ""
        for _ in range(self.tries):
            state = self._finished(self._start(query))
            why = f"it ended {state['status']} {state.get('errorCode') or ''}".rstrip()
            if state.get("errorCode") == "ACCESS_DENIED":
                raise AuthError(
                    f"{self.shop.api.who}: a bulk operation was denied access. Grant the app the "
                    "scopes in docs/marketing.md and install it again."
                )
            if state["status"] != "COMPLETED":
                continue
            try:
                lines = self._lines(state)
            except SourceUnavailable:
                raise
            except SourceError as error:
                why = str(error)
                continue
            return _assembled(lines, children, self.shop.api.who)
        raise SourceUnavailable(
            f"{self.shop.api.who}: the bulk operation failed {self.tries} times: {why}. "
            "Nothing was loaded; run again later."
        )

    def _start(self, query: str) -> str:
        answer = self.shop.ask(_START, query=query)["bulkOperationRunQuery"]
        if answer["userErrors"]:
            said = "; ".join(f"{e['code']}: {e['message']}" for e in answer["userErrors"])
            busy = any(e["code"] != "INVALID" for e in answer["userErrors"])
            kind = SourceUnavailable if busy else SourceError
            raise kind(f"{self.shop.api.who}: no bulk operation could be started ({said}).")
        return str(answer["bulkOperation"]["id"])

    def _finished(self, operation: str) -> dict[str, Any]:
        pause, waited, best = self.poll[0], 0.0, -1
        while waited <= self.patience:
            state = self.shop.ask(_LOOK, id=operation)["bulkOperation"]
            if state is None or state["status"] in ("COMPLETED", *_OVER):
                return state or {"status": "lost"}
            done = int(state["objectCount"])
            if done > best:
                best, waited = done, 0.0
            self.sleep(pause)
            waited += pause
            pause = min(pause * 1.5, self.poll[1])
        return {"status": f"without progress for {self.patience:.0f} s"}

    def _lines(self, state: dict[str, Any]) -> list[Record]:
        expected = int(state["objectCount"])
        # Without any object there is no file.
        if not state["url"] and not expected:
            return []
        api = self.shop.api
        url = state["url"]
        lines = list(json_lines(url, api.base_url, api.settings, api.traffic)) if url else []
        if len(lines) != expected:
            raise SourceError(f"its file contains {len(lines)} of {expected} objects")
        return lines


def _assembled(lines: list[Record], children: str, who: str) -> Iterator[list[Record]]:
    """Records with their children: a child names its parent but may precede it."""
    parents: dict[str, Record] = {}
    for line in lines:
        if _PARENT not in line:
            parents[line["id"]] = {**line, children: []}
    for line in lines:
        if _PARENT in line:
            if line[_PARENT] not in parents:
                raise SourceUnavailable(
                    f"{who}: the bulk file names a parent that is not in it, {line[_PARENT]}. "
                    "Nothing was loaded; run again."
                )
            parents[line[_PARENT]][children].append(line)
    found = list(parents.values())
    for start in range(0, len(found), PAGE):
        yield found[start : start + PAGE]
