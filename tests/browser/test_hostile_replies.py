"""The whole collection of hostile texts as replies in a real JupyterLab and in nbconvert's page.

Run, received untrusted, trusted by hand, exported: no script of theirs runs, nobody else is asked, no element of theirs
stands in the page, and every word is shown.
"""

import re

import hostile_notebook
import nbformat
import pytest
from hostile import EVERYTHING, REPLIES, WITH_ALL, numbers
from hostile_notebook import words
from inertness import faults

from liara_magic.protocol.foreign_text import clean

# A page with every text there is takes a busy machine minutes.
pytestmark = pytest.mark.timeout(400)
# What JupyterLab itself makes of a traceback's text: colours, and links of whatever looks like an address or a path.
TRACEBACK_TAG = re.compile(
    r'</?pre>|<span class="ansi-[\w -]+">|</span>|<a>|</a>|<a href="[^"]*" rel="noopener noreferrer" target="_blank">'
)


@pytest.fixture(scope="module")
def run(lab, replies, open_notebook):
    replies.update(REPLIES)
    return hostile_notebook.run(lab, open_notebook)


@pytest.fixture(scope="module")
def received(run, lab, open_notebook):
    return hostile_notebook.received(lab, open_notebook, run[1])


@pytest.fixture(scope="module")
def exported(run, open_page, tmp_path_factory):
    return hostile_notebook.exported(open_page, run[1], tmp_path_factory.mktemp("exported") / "page.html")


@pytest.fixture(scope="module")
def of_the_template(open_page, tmp_path_factory):
    """What a page of nbconvert asks for by itself, without any output."""
    file = tmp_path_factory.mktemp("empty") / "page.html"
    return hostile_notebook.exported(open_page, nbformat.v4.new_notebook(), file).mischief


@pytest.fixture(scope="module", params=["run", "received", "trusted by hand", "exported"])
def shown(request, run):
    if request.param in ("run", "exported"):
        return run[0] if request.param == "run" else request.getfixturevalue("exported")
    untrusted, trusted = request.getfixturevalue("received")
    return untrusted if request.param == "received" else trusted


def test_nothing_comes_of_it(shown, of_the_template):
    assert not set(shown.mischief) - set(of_the_template)
    assert len(shown.outputs) > len(REPLIES)


def test_only_our_own_elements_stand_in_the_page(shown):
    found = {name: faults(output["html"]) for name, output in zip(REPLIES, shown.html(), strict=True)}
    assert not {name: wrong for name, wrong in found.items() if wrong}
    assert not [output for output in shown.tracebacks() if "<" in TRACEBACK_TAG.sub("", output["html"])]


def test_every_word_is_shown(shown):
    assert not {name: (seen, meant) for name, seen, meant in shown.texts() if seen != meant}


def test_code_is_shown_to_the_letter(shown):
    root = shown.of("in a fence")
    blocks = {"".join(code.itertext()).removesuffix("\n") for code in root.iter("code")}
    assert not [payload for payload in EVERYTHING if clean(payload) not in blocks]


@pytest.mark.parametrize("place", WITH_ALL)
def test_no_text_swallows_the_ones_after_it(run, place):
    seen = {words("".join(one.itertext())) for one in run[0].of(place).iter("p")}
    assert not [number for number in numbers(place) if f"m{number:03d}" not in seen]


def test_a_click_on_what_looks_like_an_address_in_a_traceback_runs_nothing(run):
    assert run[0].followed
    assert not {address: ran for address, ran in run[0].followed.items() if ran}


def test_an_exported_page_asks_for_nothing_more_than_an_empty_one(exported, of_the_template):
    assert sorted(exported.mischief) == sorted(of_the_template)
