"""Shopify's rules about questions: what they cost, what a bulk operation takes, how it answers."""

import re
from typing import Any

from graphql import (
    FieldNode,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    validate,
)

MOST_POINTS = 1000
_TERM = re.compile(r"(\w+):(>=|<=|>|<)'([^']+)'")
_FIELDS = {"updated_at": "updatedAt", "created_at": "createdAt", "occurred_at": "occurredAt"}

Record = dict[str, Any]


def matching(records: list[Record], query: str | None) -> list[Record]:
    """Records that a search expression of times keeps."""
    kept = records
    for term in (query or "").split(" AND ") if query else ():
        found = _TERM.fullmatch(term)
        assert found, f"a search that Shopify would take as free text: {term}"
        name, sign, value = _FIELDS[found[1]], found[2], found[3]
        kept = [r for r in kept if _holds(r[name], sign, value)]
    return kept


def _holds(mine: str, sign: str, value: str) -> bool:
    return {
        ">=": mine >= value,
        "<=": mine <= value,
        ">": mine > value,
        "<": mine < value,
    }[sign]


def _fields(selection: SelectionSetNode | None) -> list[FieldNode]:
    nodes = selection.selections if selection else ()
    return [node for node in nodes if isinstance(node, FieldNode)]


def _first(node: FieldNode, variables: Record) -> int | None:
    for argument in node.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, VariableNode):
                return int(variables[argument.value.name.value])
            assert isinstance(argument.value, IntValueNode)
            return int(argument.value.value)
    return None


def _points(selection: SelectionSetNode | None, variables: Record) -> int:
    total = 0
    for node in _fields(selection):
        if node.selection_set is None or node.name.value == "pageInfo":
            continue
        inner = _points(node.selection_set, variables)
        first = _first(node, variables)
        # The objects of a connection are counted where they are listed, in nodes.
        total += 1 + inner if first is None else 2 + first * max(inner, 1)
    return total


def cost(query: str, variables: Record) -> int:
    """Points by the documented sums: 1 an object, 2 a connection and its objects, 10 a mutation."""
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    if operation.operation.value == "mutation":
        return 10
    return max(1, _points(operation.selection_set, variables))


def _connections(selection: SelectionSetNode | None, depth: int = 0) -> list[tuple[str, int]]:
    found = []
    for node in _fields(selection):
        edges = [f for f in _fields(node.selection_set) if f.name.value == "edges"]
        found += [(node.name.value, depth + 1)] if edges else []
        found += _connections(node.selection_set, depth + bool(edges))
    return found


def refused_in_bulk(schema: GraphQLSchema, query: str) -> str:
    """Why a bulk operation does not take `query`; empty when it does."""
    document = parse(query)
    errors = validate(schema, document)
    if errors:
        return errors[0].message
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    found = _connections(operation.selection_set)
    if not found:
        return "Bulk queries must contain at least one connection."
    if len(found) > 5 or max(depth for _, depth in found) > 2:
        return "Bulk queries take five connections, nested two deep."
    return ""


def flat(data: Record) -> list[Record]:
    """Lines of the result file: children name their parent, and here they come before it."""
    lines: list[Record] = []

    def walk(connection: Record, parent: str | None) -> None:
        for edge in connection["edges"]:
            node = edge["node"]
            nested = {k: v for k, v in node.items() if isinstance(v, dict) and "edges" in v}
            line = {k: v for k, v in node.items() if k not in nested}
            lines.append({**line, **({"__parentId": parent} if parent else {})})
            for inner in nested.values():
                walk(inner, node["id"])

    for connection in data.values():
        walk(connection, None)
    return lines[::-1]
