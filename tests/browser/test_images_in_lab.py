"""A picture in a reply is a request to wherever the model likes: none is made, and the text says where it led."""

import pytest

SHOWN_AS_LINKS = {
    "![inline](https://evil.example/1.png)": "[image: inline] evil.example",
    '![titled](https://evil.example/2.png "title")': "[image: titled] evil.example",
    "![by reference][one]\n\n[one]: https://evil.example/3.png": "[image: by reference] evil.example",
    "![two]\n\n[two]: https://evil.example/4.png": "[image: two] evil.example",
    "[![in a link](https://evil.example/5.png)](https://evil.example/)": "[image: in a link] evil.example",
    "![with a size](https://evil.example/6.png =100x100)": "![with a size](",
}
SHOWN_AS_WRITTEN = [
    "![protocol-relative](//evil.example/7.png)",
    "![drawn](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=)",
    "<img src=//evil.example/8.png>",
    "<img srcset='//evil.example/9.png 2x'>",
    "<p style='background:url(//evil.example/10.png)'>styled</p>",
    "<style>@import '//evil.example/11.css'</style>",
    "<video poster=//evil.example/12.png></video>",
    "<svg><image href=//evil.example/13.png /></svg>",
    "<link rel=prefetch href=//evil.example/14>",
    "<link rel=preconnect href=//evil.example>",
    "<link rel=dns-prefetch href=//evil.example>",
    "<object data=//evil.example/15></object>",
    "https://evil.example/16.png",
]
ALONE = "<https://evil.example/17.png>"


@pytest.fixture(scope="module")
def page(lab, replies, open_notebook):
    text = "\n\n".join([*SHOWN_AS_LINKS, *SHOWN_AS_WRITTEN, ALONE, "the end $x$"])
    replies["images"] = lambda line: line.reply(text)
    lab.write("images.ipynb", ["%load_ext liara_magic", "%%liara\nimages"])
    with open_notebook("images.ipynb") as page:
        page.run()
        page.watched.wait("rig.typeset() === 1")
        yield page


@pytest.mark.parametrize("form", SHOWN_AS_LINKS)
def test_an_image_is_shown_as_its_words_and_its_host(page, form):
    assert SHOWN_AS_LINKS[form] in page.outputs()[0]["text"]


@pytest.mark.parametrize("form", SHOWN_AS_WRITTEN)
def test_what_is_no_markdown_image_is_shown_as_it_was_written(page, form):
    assert form in page.outputs()[0]["text"]


def test_no_image_asks_anybody(page):
    page.page.evaluate("rig.poke()")
    assert page.foreign == []
    assert page.mischief() == []
    assert page.page.locator(".jp-OutputArea-output").locator("img, picture, video, svg, link, style").count() == 0
