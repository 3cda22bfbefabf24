"""A reply that grows letter by letter never gets shorter on the page, however it is cut, in narrow and wide pages."""

import itertools
import random
import re

import pytest

from liara_magic.screen.page import CLOSE, OPEN
from liara_magic.screen.painter import Painter

REPLY = """# What the data says

The **mean of each group** is in the table, with *small differences*, ~~old~~ figures and `groupby("region")` in code.
| region | mean | share |
| --- | ---: | :--- |
| north | **1,204** | 12% |
| south | `n/a` | see [the report](https://example.org/a/long/path/that/would/take/a/line?of=its&own=1) |

Two columns are missing
- first **bold words** and *italic ones*
  - nested, with [a link](https://example.org/one/more/long/address) that goes on
  - and again `code`
- [ ] a task
- [x] done

1. one
2. two

   > quoted **in** a list

---

گزارش **ماهانهٔ** فروش در `pandas` و [پیوند](https://example.org/fa/a/long/path/to/show) و «نقل».

name | value
--- | ---
a | 1

> a quote, with **strong words that are long enough to take more than one line of a narrow page** in it
> - and a list

```python
def mean(rows):
    return sum(rows) / len(rows)  # | not | a table |
```

***

Setext heading
--------------

Last words, ![a picture](https://example.org/some/picture/with/a/long/name.png) and **the end**.
"""
CSS = """<style>
body { font: 14px/1.5 sans-serif; } p, ul, ol, pre, table, blockquote { margin: 0 0 1em; } li p { margin: 0 0 .5em; }
h1, h2 { margin: 1em 0 .5em; font-size: 1.5em; } #output > div { display: flow-root; }
</style><div id="output"></div>"""
HEIGHTS = """(paints) => {
  const output = document.getElementById("output");
  return paints.map(([html, isFinal]) => {
    window.live ??= output.appendChild(document.createElement("div"));
    window.live.innerHTML = html;
    if (isFinal) window.live = undefined;
    return output.offsetHeight;
  });
}"""


class Paints(list):
    """What a painter paints, in order: HTML, and whether it stays. A commit is followed by its tail at once."""

    def tail(self, html):
        self.append((OPEN + html + CLOSE, False))
        return 0

    def commit(self, html):
        self.append((OPEN + html + CLOSE, True))
        return 0

    fold = commit


def painted(text, cut):
    """All paints of ``text`` when one comes after each piece."""
    paints, now, grown = Paints(), [0.0], ""
    painter = Painter(paints, clock=lambda: now[0])
    for piece in cut(text):
        grown += piece
        now[0] += 1e6
        painter.show(grown)
    return paints


def tokens(text):
    """Pieces as models send them: words with the space before them, marks by themselves."""
    return re.findall(r" ?\w{1,6}|[^\w\s]+|\s+", text)


def letters(text):
    """One letter after the other."""
    return list(text)


def uneven(text):
    """Pieces of one to nine letters."""
    chance, position = random.Random(5), 0
    while position < len(text):
        size = chance.randint(1, 9)
        yield text[position : position + size]
        position += size


@pytest.mark.parametrize("width", [320, 640, 1000])
@pytest.mark.parametrize("cut", [tokens, letters, uneven])
def test_it_never_gets_shorter(browser, cut, width):
    paints = painted(REPLY * 2, cut)
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.set_content(CSS)
    heights = page.evaluate(HEIGHTS, paints)
    page.close()
    assert len(heights) > 200
    seen = [(height, html) for height, (html, is_final) in zip(heights, paints, strict=True) if not is_final]
    shorter = [(before[0] - now[0], now[1][-300:]) for before, now in itertools.pairwise(seen) if now[0] < before[0]]
    assert not shorter
