"""A kernel's shared state for one test alone."""

import pytest

from liara_magic import api


@pytest.fixture
def chat_at(kernel):
    """A chat with a loopback gateway: ``chat_at(gateway)``."""

    def make(gateway, **settings):
        return api.Chat(**{"base_url": gateway.base_url, "model": "test/model", **settings})

    return make
