"""A reply in Persian and English reads well in JupyterLab: directions, sides, formulas."""

import pytest

REPLY = r"""
# گزارش فروش

این بند فارسی است و واژهٔ English در میان آن آمده است.

This paragraph is English, with فارسی in it.

- مورد نخست
- second, and still of a Persian list

1. an English list
2. دوم

> نقل قول فارسی

| شهر | فروش |
| --- | --- |
| تهران | 12 |

```python
greeting = "سلام"  # نخست
```

با `inline()` در میان و فرمول $e^{i\pi} + 1 = 0$ در پایان.

$$\int_0^1 x \, dx = \frac{1}{2}$$
"""


@pytest.fixture(scope="module")
def page(lab, replies, open_notebook):
    replies["reading"] = lambda line: line.reply(REPLY)
    lab.write("reading.ipynb", ["%load_ext liara_magic", "%%liara\nreading"])
    with open_notebook("reading.ipynb") as page:
        page.run()
        page.watched.wait("rig.typeset() === 1")
        yield page.page


@pytest.fixture
def part(page):
    """An element of the reply, by a selector and a text in it."""
    return lambda selector, words="": page.locator(f".jp-OutputArea-output {selector}", has_text=words).first


def direction(element):
    return element.evaluate("element => getComputedStyle(element).direction")


def side(element):
    """The side of its block that the first line of a text stands at."""
    gap_left, gap_right = element.evaluate(
        """element => {
            const range = document.createRange();
            range.selectNodeContents(element);
            const [text, block] = [range.getClientRects()[0], element.getBoundingClientRect()];
            return [text.left - block.left, block.right - text.right];
        }"""
    )
    return "left" if gap_left < gap_right else "right"


@pytest.mark.parametrize("selector, words", [("h1", "گزارش"), ("p", "این بند"), ("p", "در میان و فرمول")])
def test_persian_text_runs_from_the_right(part, selector, words):
    assert direction(part(selector, words)) == "rtl"
    assert side(part(selector, words)) == "right"


def test_english_text_runs_from_the_left_though_persian_stands_in_it(part):
    assert direction(part("p", "This paragraph")) == "ltr"
    assert side(part("p", "This paragraph")) == "left"


@pytest.mark.parametrize("selector, words, expected", [("ul", "مورد", "rtl"), ("ol", "English", "ltr")])
def test_a_list_has_the_direction_of_its_first_words_in_every_item(part, selector, words, expected):
    assert direction(part(selector, words)) == expected
    assert direction(part(f"{selector} li >> nth=1")) == expected


def test_a_quote_is_persian(part):
    assert direction(part("blockquote", "نقل")) == "rtl"


def test_a_persian_table_begins_at_the_right(part):
    assert direction(part("table")) == "rtl"
    assert part("th", "شهر").bounding_box()["x"] > part("th", "فروش").bounding_box()["x"]


@pytest.mark.parametrize("selector, words", [("pre", "greeting"), ("code", "greeting"), ("p code", "inline()")])
def test_code_runs_from_the_left_wherever_it_stands(part, selector, words):
    assert direction(part(selector, words)) == "ltr"


def test_a_line_of_code_begins_at_the_left(part):
    assert side(part("pre", "greeting")) == "left"


def test_formulas_are_typeset_from_the_left(page):
    formulas = page.locator(".jp-OutputArea-output mjx-container")
    assert formulas.count() == 2
    assert [direction(formulas.nth(number)) for number in range(2)] == ["ltr", "ltr"]
    assert "$" not in page.locator(".jp-OutputArea-output").inner_text()


def test_the_usage_line_runs_from_the_left(part):
    assert direction(part("> div >> nth=-1")) == "ltr"
