"""A fake of Shopify: shops with orders and products behind a GraphQL API that counts points.

Queries are validated and executed on an extract of Shopify's own schema.
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers import shopify_rules as rules
from ff_analytics.demo.providers.serving import Faults, serve
from ff_analytics.demo.providers.shopify_shop import FakeShop, Record, moment

VERSION = "2026-10"
SCHEMA: GraphQLSchema = build_schema(Path(__file__).with_suffix(".graphql").read_text())
_SORT = {"ID": "number", "UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt"}


@dataclass
class Shopify:
    """The shops by their key, which begins the path of their addresses."""

    shops: dict[str, FakeShop] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    files: dict[str, bytes] = field(default_factory=dict)
    url: str = ""

    def add(self, shop: FakeShop) -> FakeShop:
        self.shops[shop.key] = shop
        return shop

    def base_url(self, key: str) -> str:
        return f"{self.url}/{key}/admin/api/{VERSION}"

    def questions(self, word: str = "") -> list[Record]:
        """Bodies of the GraphQL requests that contain `word`."""
        seen = [s.json for s in self.faults.asked("graphql.json")]
        return [body for body in seen if word in body["query"]]


class _Asked:
    """The resolvers of one question to one shop; `bulk` has no pages."""

    def __init__(self, shopify: Shopify, shop: FakeShop, *, bulk: bool = False) -> None:
        self.shopify, self.shop, self.bulk = shopify, shop, bulk

    def root(self) -> Record:
        shop = self.shop
        return {
            "shop": {
                "name": shop.key.title(),
                "myshopifyDomain": shop.domain,
                "ianaTimezone": shop.timezone,
                "currencyCode": shop.currency,
            },
            "currentAppInstallation": {"accessScopes": [{"handle": s} for s in shop.scopes]},
            "orders": self.orders,
            "order": lambda _, id: next((o for o in self._visible() if o["id"] == id), None),
            "products": lambda _, **args: self._needs("read_products", "products", args),
            "deletionEvents": lambda _, **args: self._needs("read_products", "deletions", args),
            "bulkOperation": lambda _, id: self.look(id),
            "bulkOperationRunQuery": lambda _, **args: self.run(args["query"]),
        }

    def _visible(self) -> list[Record]:
        oldest = "" if "read_all_orders" in self.shop.scopes else moment(_days_ago(60))
        return [self._shown(o) for o in self.shop.orders if o["createdAt"] >= oldest]

    def _shown(self, order: Record) -> Record:
        lines = order["lineItems"]

        def customer(_: Any) -> Any:
            if "read_customers" not in self.shop.scopes:
                raise _denied("customer")
            return order["customer"]

        return {
            **order,
            "customer": customer,
            "lineItems": lambda _, **args: self._connection(lines, "number", args),
        }

    def orders(self, _: Any, **args: Any) -> Record:
        if "read_orders" not in self.shop.scopes:
            raise _denied("orders")
        return self._paged(self._visible(), args)

    def _needs(self, scope: str, what: str, args: Record) -> Record:
        if scope not in self.shop.scopes:
            raise _denied(what)
        return self._paged(getattr(self.shop, what), args)

    def _paged(self, records: list[Record], args: Record) -> Record:
        kept = rules.matching(records, args.get("query"))
        return self._connection(kept, _SORT[args.get("sortKey") or "ID"], args)

    def _connection(self, records: list[Record], sort: str, args: Record) -> Record:
        rows = sorted(records, key=lambda r: (r[sort], r["number"]))
        first = args.get("first")
        if first is None and not self.bulk:
            raise GraphQLError("you must provide one of first or last")
        if first is not None and first > 250:
            raise GraphQLError("first cannot exceed 250")
        if args.get("after"):
            after = tuple(json.loads(base64.b64decode(args["after"])))
            rows = [r for r in rows if (r[sort], r["number"]) > after]
        size = len(rows) if self.bulk else min(first or 0, self.shop.most_per_page)
        page = rows[:size]
        end = json.dumps((page[-1][sort], page[-1]["number"])) if page else ""
        more = len(rows) > size
        cursor = base64.b64encode(end.encode()).decode() if page else None
        return {
            "nodes": page,
            "edges": [{"node": row} for row in page],
            "pageInfo": {"hasNextPage": more, "endCursor": cursor},
        }

    def run(self, query: str) -> Record:
        """Start a bulk operation; its file is of this moment."""
        shop = self.shop
        wrong = rules.refused_in_bulk(SCHEMA, query)
        if wrong:
            return {"userErrors": [{"code": "INVALID", "message": wrong}]}
        if sum(bool(op["states"]) for op in shop.operations.values()) >= 5:
            return {"userErrors": [{"code": "LIMIT_REACHED", "message": "5 operations run"}]}
        number = f"{len(self.shopify.files) + len(shop.operations) + 1}"
        answered = _Asked(self.shopify, shop, bulk=True).execute(query, {})
        lines = rules.flat(answered["data"])
        end = {"status": "COMPLETED", **(shop.outcomes.pop(0) if shop.outcomes else {})}
        written = lines[: len(lines) - shop.lost_lines]
        self.shopify.files[number] = b"\n".join(json.dumps(x).encode() for x in written)
        url = f"{self.shopify.url}/files/{number}.jsonl" if lines else None
        known = {"id": f"gid://shopify/BulkOperation/{number}", "objectCount": str(len(lines))}
        done = {**known, "url": url if end["status"] == "COMPLETED" else None, **end}
        states = [{**known, "status": "CREATED", "objectCount": "0"}]
        shop.operations[known["id"]] = {"states": states, "end": done}
        return {"bulkOperation": {**known, "status": "CREATED"}, "userErrors": []}

    def look(self, operation: str) -> Record | None:
        found = self.shop.operations.get(operation)
        if found is None:
            return None
        state: Record = found["states"].pop(0) if found["states"] else found["end"]
        return state

    def execute(self, query: str, variables: Record) -> Record:
        """The answer as Shopify formats it; data and errors where a field was refused."""
        document = parse(query)
        errors = validate(SCHEMA, document)
        if errors:
            code = {"extensions": {"code": "undefinedField"}}
            return {"errors": [{"message": e.message, **code} for e in errors]}
        done = execute_sync(SCHEMA, document, self.root(), variable_values=variables)
        told = {"errors": [e.formatted for e in done.errors]} if done.errors else {}
        return {"data": done.data, **told}


def _days_ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _denied(what: str) -> GraphQLError:
    return GraphQLError(f"Access denied for {what} field.", extensions={"code": "ACCESS_DENIED"})


class _App:
    def __init__(self, shopify: Shopify) -> None:
        self.shopify = shopify

    def _taken(self, shop: FakeShop, token: str) -> bool:
        left = shop.tokens.get(token, 0)
        if left is None:
            return True
        if left > 0:
            shop.tokens[token] = left - 1
        return left > 0

    async def graphql(self, request: Request) -> Response:
        shop = self.shopify.shops.get(request.path_params["key"])
        wanted = request.path_params["version"]
        if shop is None or not re.fullmatch(r"20\d\d-(01|04|07|10)", wanted):
            return JSONResponse({"errors": "Not Found"}, 404)
        if not self._taken(shop, request.headers.get("x-shopify-access-token", "")):
            return JSONResponse({"errors": "[API] Invalid API key or access token"}, 401)
        body = await request.json()
        query, variables = body["query"], body.get("variables") or {}
        cost = rules.cost(query, variables)
        spent: dict[str, Any] = {"requestedQueryCost": cost, "actualQueryCost": None}
        if cost > rules.MOST_POINTS:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit (1000)."
            return _refusal(message, "MAX_COST_EXCEEDED", spent, shop)
        if not shop.bucket.take(cost):
            shop.throttled += 1
            return _refusal("Throttled", "THROTTLED", spent, shop)
        answer = _Asked(self.shopify, shop).execute(query, variables)
        if shop.after_page and ("orders(" in query or "products(" in query):
            shop.after_page.pop(0)()
        spent = {**spent, "actualQueryCost": cost, "throttleStatus": shop.bucket.status()}
        headers = {"X-Shopify-API-Version": max(VERSION, wanted)}
        return JSONResponse({**answer, "extensions": {"cost": spent}}, headers=headers)

    async def token(self, request: Request) -> Response:
        shop = self.shopify.shops[request.path_params["key"]]
        form = dict(parse_qsl((await request.body()).decode()))
        if (form.get("client_id"), form.get("client_secret")) != shop.client:
            return JSONResponse({"error": "application_cannot_be_found"}, 400)
        if form.get("grant_type") == "refresh_token":
            return self._pair(shop, form["refresh_token"] in shop.pairs, form["refresh_token"])
        if "code" in form:
            granted = form["code"] in shop.codes and form.get("expiring") == "1"
            shop.codes.discard(form["code"])
            return self._pair(shop, granted)
        if form.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        token = f"minted-{len(shop.tokens) + 1}"
        shop.tokens[token] = shop.questions_a_token
        return JSONResponse({"access_token": token, "scope": "", "expires_in": 86399})

    def _pair(self, shop: FakeShop, granted: bool, refresh: str | None = None) -> Response:
        if not granted:
            return JSONResponse({"error": "invalid_grant"}, 400)
        access, following = shop.pair(refresh)
        body = {"access_token": access, "refresh_token": following, "scope": "read_orders"}
        times = {"expires_in": shop.token_seconds, "refresh_token_expires_in": 7_776_000}
        return JSONResponse({**body, **times})

    async def file(self, request: Request) -> Response:
        assert "x-shopify-access-token" not in request.headers, "a signed address gets no token"
        for shop in self.shopify.shops.values():
            if shop.expired_files:
                shop.expired_files -= 1
                return Response("<Error>Expired</Error>", 403, media_type="application/xml")
        return Response(self.shopify.files[request.path_params["number"]])


def _refusal(message: str, code: str, spent: Record, shop: FakeShop) -> Response:
    error = {"message": message, "extensions": {"code": code}}
    cost = {**spent, "throttleStatus": shop.bucket.status()}
    return JSONResponse({"errors": [error], "extensions": {"cost": cost}})


@contextmanager
def serve_shopify(port: int = 0) -> Iterator[Shopify]:
    """A running fake without shops; add some with `Shopify.add`."""
    shopify = Shopify()
    app = _App(shopify)
    routes = [
        Route("/{key}/admin/api/{version}/graphql.json", app.graphql, methods=["POST"]),
        Route("/{key}/admin/oauth/access_token", app.token, methods=["POST"]),
        Route("/files/{number}.jsonl", app.file),
    ]
    with serve(Starlette(routes=routes), shopify.faults, port) as base:
        shopify.url = base
        yield shopify
