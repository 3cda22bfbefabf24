"""The other tests look for things that must not happen: here all of them happen, and each is seen."""

import pytest
from inertness import faults

HOSTILE = """
<script>alert('script')</script>
<img src='http://evil.example/image.png' onerror="alert('handler')">
<iframe src='http://evil.example/frame'></iframe>
<link rel=prefetch href='http://evil.example/prefetch'>
<a id=document>named</a>
<form name=forms></form>
<p onclick="alert('clicked')">click</p>
<button data-commandlinker-command='notebook:insert-cell-below'>command</button>
<script>
fetch('http://evil.example/fetch').catch(() => 0);
new Image().src = 'http://evil.example/drawn';
window.open('http://evil.example/open');
</script>
"""
SEEN = [
    "alert script",
    "alert handler",
    "alert clicked",
    "open http://evil.example/open",
    "fetch http://evil.example/fetch",
    "image http://evil.example/drawn",
    "a request to http://evil.example/image.png",
    "a request to http://evil.example/frame",
    "a request to http://evil.example/prefetch",
    "a request to http://evil.example/fetch",
    "a request to http://evil.example/drawn",
    "<p> onclick",
    "<img> onerror",
    "<a> has a name",
    "<button> is a command",
    "the command notebook:insert-cell-below",
    "forms",
]


@pytest.fixture(scope="module")
def page(lab, open_notebook):
    lab.write("hostile-html.ipynb", [f"from IPython.display import HTML\nHTML({HOSTILE!r})"])
    with open_notebook("hostile-html.ipynb") as page:
        page.run()
        page.watched.wait("tripwires.length >= 5")
        yield page


@pytest.fixture(scope="module")
def mischief(page):
    page.page.evaluate("rig.poke()")
    return page.mischief()


@pytest.mark.parametrize("what", SEEN)
def test_it_is_seen(mischief, what):
    assert [one for one in mischief if one.startswith(what)], mischief


def test_elements_are_seen(page):
    found = " ".join(faults(page.outputs()[0]["html"]))
    tags = ("<script>", "src='http:", "<iframe>", "<link>", "<form>", "onclick", "id=")
    assert [tag for tag in tags if tag not in found] == []
