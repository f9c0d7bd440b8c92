"""Credential blocks come from the providers' folders."""

from inspect import getmembers, isclass

from prefect.blocks.core import Block

from blocks import providers as blocks
from ff_analytics.engine.accounts.provider import providers
from ff_analytics.engine.http.api import Api


def test_registering_the_module_registers_one_type_for_each_provider() -> None:
    registered = {
        kind.get_block_type_slug()
        for _, kind in getmembers(blocks, isclass)
        if Block.is_block_class(kind) and kind is not Block
    }
    assert registered == {provider.credentials.kind for provider in providers()}


def test_fields_of_a_block_are_those_of_the_credentials() -> None:
    for kind, provider in zip(blocks.TYPES, providers(), strict=True):
        own = set(kind.model_fields) & set(provider.credentials.model_fields)
        assert own == set(provider.credentials.model_fields)


def test_a_block_gives_a_ready_client() -> None:
    block = blocks.MetaAdsCredentialsBlock(
        access_token="t0ken", base_url="http://127.0.0.1:9/v26.0"
    )
    client = block.get_client()
    assert isinstance(client, Api)
    assert client.base_url == "http://127.0.0.1:9/v26.0"
    assert "t0ken" not in repr(block) + repr(client)
