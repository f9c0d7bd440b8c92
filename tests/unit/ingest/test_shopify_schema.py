"""What is asked of Shopify fits its schema, and so does the extract that the stand-in runs on."""

import gzip
import json

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_client_schema,
    parse,
    validate,
)

from ff_analytics.demo.providers import shopify_rules
from ff_analytics.demo.providers.shopify import SCHEMA, VERSION
from ff_analytics.domains.marketing.shopify import products_source as shopify_products
from ff_analytics.domains.marketing.shopify import queries as _shopify_queries
from ff_analytics.domains.marketing.shopify.api import bulk as shopify_bulk
from ff_analytics.domains.marketing.shopify.api import client as shopify
from tests import vendors

QUESTIONS = {
    "shop": shopify._SHOP,
    "orders": _shopify_queries.ORDERS,
    "lines": _shopify_queries.LINES,
    "bulk orders": _shopify_queries.bulk_orders("updated_at:>='2026-01-01T00:00:00Z'"),
    "bulk start": shopify_bulk._START,
    "bulk look": shopify_bulk._LOOK,
    "products": shopify_products.PRODUCTS_QUERY,
    "deletions": shopify_products.DELETIONS_QUERY,
}


@pytest.fixture(scope="module")
def vendor() -> GraphQLSchema:
    """The whole schema of the version, from the npm package @shopify/dev-mcp."""
    file = vendors.unpacked(vendors.SHOPIFY) / f"package/dist/data/admin_{VERSION}.json.gz"
    content = json.loads(gzip.decompress(file.read_bytes()))
    return build_client_schema(content.get("data", content), assume_valid=True)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_fits_the_extract(name: str) -> None:
    assert validate(SCHEMA, parse(QUESTIONS[name])) == []


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_fits_the_vendors_schema(vendor: GraphQLSchema, name: str) -> None:
    assert validate(vendor, parse(QUESTIONS[name])) == []


def test_the_extract_says_what_the_vendor_says(vendor: GraphQLSchema) -> None:
    for name, mine in SCHEMA.type_map.items():
        theirs = vendor.type_map.get(name)
        if isinstance(mine, GraphQLEnumType) and not name.startswith("__"):
            assert isinstance(theirs, GraphQLEnumType)
            assert set(mine.values) == set(theirs.values), name
        if isinstance(mine, GraphQLObjectType) and not name.startswith("__"):
            assert isinstance(theirs, GraphQLObjectType | GraphQLInterfaceType)
            for field, kind in mine.fields.items():
                assert str(kind.type) == str(theirs.fields[field].type), f"{name}.{field}"


def test_the_bulk_question_keeps_shopifys_rules() -> None:
    assert shopify_rules.refused_in_bulk(SCHEMA, QUESTIONS["bulk orders"]) == ""
    assert "connection" in shopify_rules.refused_in_bulk(SCHEMA, "{ shop { name } }")
