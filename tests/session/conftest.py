"""A kernel's shared state for one test alone."""

import pytest

from liara_magic import api


@pytest.fixture
def kernel():
    """What everything in a kernel shares, made anew and closed afterwards."""
    api._kernel = None
    kernel = api.this_kernel()
    yield kernel
    kernel.engine.close()
    api._kernel = None


@pytest.fixture
def chat_at(kernel):
    """A chat with a loopback gateway: ``chat_at(gateway)``."""

    def make(gateway, **settings):
        return api.Chat(**{"base_url": gateway.base_url, "model": "test/model", **settings})

    return make
