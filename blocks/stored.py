"""Read the values of stored credential blocks, without building their classes."""

from typing import Any


def stored_credentials(kind: str, name: str) -> dict[str, Any] | None:
    """Values of the block `kind/name` on the server; None when it has no such block."""
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            document = client.read_block_document_by_name(name, kind)
        except ObjectNotFound:
            return None
    return {field: value for field, value in document.data.items() if value not in (None, "")}
