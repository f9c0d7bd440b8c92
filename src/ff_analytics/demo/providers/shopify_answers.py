"""Answers of the fake Shopify: queries are validated and executed on an extract of its schema."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, execute_sync, parse, validate

from ff_analytics.demo.providers import shopify_rules as rules
from ff_analytics.demo.providers.serving import Faults
from ff_analytics.demo.providers.shopify_shop import FakeShop, Record, moment

VERSION = "2026-10"
SCHEMA: GraphQLSchema = build_schema(Path(__file__).with_name("shopify.graphql").read_text())
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


class Question:
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
        answered = Question(self.shopify, shop, bulk=True).execute(query, {})
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
