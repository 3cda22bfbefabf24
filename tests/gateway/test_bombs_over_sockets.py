"""Answers that mean harm, each to a process of its own: it stops at a cap, keeps what came, and stays small."""

import re
import sys

import pytest
from bombs import ENDLESS, KEPT, PACKED, SWOLLEN, long_header
from calls import KEY, ask, to
from loopback import Loopback
from memory import of_one_ask

from liara_magic import LiaraStreamError

MOST, MOST_WITH_WHAT_IT_HOLDS = 64 * 2**20, 256 * 2**20

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in /proc")


def harm(script, most=MOST, screen="silent"):
    """What one ask of ``script`` did; its memory grew by no more than it may."""
    with Loopback(script) as gateway:
        found = of_one_ask(gateway.base_url, KEY, screen)
        assert gateway.posts == 1
    assert found["growth"] <= most, f"{found['growth'] / 2**20:.0f} MB"
    assert KEY not in str(found)
    return found


@on_linux
@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_is_never_unpacked(name):
    found = harm(PACKED[name])
    assert found["error"] == "LiaraServerError"
    if "500" in name:
        assert found["said"].startswith("The gateway or the model's provider failed (status 500).\n")
    else:
        assert f"is not a reply from the API (compressed as {name.partition(',')[0]}, 0 bytes)" in found["said"]


@on_linux
@pytest.mark.parametrize("name", ENDLESS)
def test_what_does_not_end_is_stopped_and_the_text_before_it_kept(name):
    found = harm(ENDLESS[name])
    assert found["error"] == "LiaraStreamError"
    cap = "The reply grew past 64 MB" if name == "endless events" else "An event of the stream grew past 8 MB"
    assert cap in found["said"]
    assert "which are kept" in found["said"] and "may have been charged" in found["said"]
    assert found["kept"].startswith(KEPT)


@on_linux
@pytest.mark.parametrize("name", SWOLLEN)
@pytest.mark.parametrize("screen", ["silent", "notebook"])
def test_what_is_small_on_the_wire_and_large_in_memory_is_stopped_too(name, screen):
    found = harm(SWOLLEN[name], MOST_WITH_WHAT_IT_HOLDS, screen)
    assert found["error"] == "LiaraStreamError"
    assert re.search("The reply('s)? (text )?grew past (16|64) MB", found["said"])
    assert "which are kept" in found["said"]
    assert found["kept"].startswith(KEPT)


@on_linux
def test_a_header_without_measure_is_not_read():
    found = harm(long_header)
    assert found["error"] == "LiaraStreamError"
    assert "broke before the reply began" in found["said"]


@pytest.mark.parametrize("name", ENDLESS)
def test_a_line_that_does_not_end_is_closed(engine, name):
    with Loopback(ENDLESS[name]) as gateway:
        outcome = ask(engine, to(gateway, reply_bytes=2**20, event_bytes=2**20))
        assert gateway.lines[0].closed_by_client.wait(10)
    assert isinstance(outcome.error, LiaraStreamError)
    assert outcome.text.startswith(KEPT)
