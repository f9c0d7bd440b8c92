"""A fake of Shopify: shops with orders and products behind a GraphQL API that counts points."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ff_analytics.demo.providers import shopify_rules as rules
from ff_analytics.demo.providers.serving import serve
from ff_analytics.demo.providers.shopify_answers import SCHEMA, VERSION, Question, Shopify
from ff_analytics.demo.providers.shopify_shop import FakeShop, Record

__all__ = ["SCHEMA", "VERSION", "Shopify", "serve_shopify"]


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
        answer = Question(self.shopify, shop).execute(query, variables)
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
