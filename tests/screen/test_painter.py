"""When a growing text is painted, what stays, what it costs, and that the end is as if it had come at once."""

import itertools
import re

import pytest

from liara_magic.screen.markdown import Markdown
from liara_magic.screen.painter import BYTES_PER_SECOND, INTERVAL, MOST_DEBT, MOST_OUTPUTS, Painter

ENVELOPE = 700
SECTION = """## Part {n}

{prose}

The *{n}th* paragraph says, with `code` and $x_{n}^2$, what is in [the docs](https://example.org/{n}) about money: $5.
درآمد ماه {n} در pandas برابر با مجموع ستون‌ها است و در جدول زیر آمده است.

- first point of {n}
    - nested point
- second point

| month | درآمد | cost |
|:------|------:|:----:|
| {n} | 1,240 | $7 |
| next | 980 | $9 |

```python
def part_{n}(frame):
    return frame[frame["a"] < {n}].groupby("month").sum()
```

> A quote of part {n}.

$$
E_{n} = mc^2
$$

"""
PROSE = "A table keeps one row for each month, and what was sold stands beside what was spent on it. " * 6


def uncoloured(html):
    """Code has its colours, and its place in the order of the Tab key, only when it is committed."""
    return re.sub(r';--\w:var\([^)]*\)|<span style="color:[^>]*>([^<]*)</span>| tabindex="0"', r"\1", html)


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Canvas:
    """Keeps the outputs of a cell as a front end would, and what was sent when."""

    def __init__(self, clock):
        self.clock = clock
        self.outputs = []
        self.open = False
        self.sent = []
        self.most = 0
        self.folds = 0

    def tail(self, html):
        self._place(html)
        return self._count(html)

    def commit(self, html):
        self._place(html)
        self.open = False
        return self._count(html)

    def fold(self, html):
        self.outputs, self.open = [], False
        self.folds += 1
        return self.commit(html)

    @property
    def total(self):
        return sum(size for _, size in self.sent)

    def _place(self, html):
        if not self.open:
            self.outputs.append("")
        self.outputs[-1], self.open = html, True
        self.most = max(self.most, len(self.outputs))

    def _count(self, html):
        size = len(html.encode()) + ENVELOPE
        self.sent.append((self.clock.now, size))
        return size


def mixed(size, prose=PROSE):
    text = "".join(SECTION.format(n=n, prose=prose) for n in range(size // len(SECTION) + 1))
    return text[:size]


def flow(text, per_second, commits=True, look=None):
    """Paint ``text`` as it comes with so many characters a second, as soon as the painter wants to be asked again."""
    clock = Clock()
    canvas = Canvas(clock)
    painter = Painter(canvas, commits=commits, clock=clock)
    start, come = clock.now, 0
    while come < len(text):
        come = min(len(text), int((clock.now - start) * per_second) + 4)
        pause = painter.show(text[:come])
        if look:
            look(canvas, text[:come])
        clock.now += max(pause, 4 / per_second)
    return painter, canvas, clock.now - start


def coloured(html):
    return "<pre" in html and "color:var(--" in html


def test_code_has_its_colours_from_its_commit_on_and_in_a_long_reply_at_the_end():
    _, canvas, _ = flow(mixed(6000), 2000)
    committed = [html for html in canvas.outputs[:-1] if "<pre" in html]
    assert committed and all(map(coloured, committed))
    long, canvas, _ = flow(mixed(60_000), 4000)
    committed = [html for html in canvas.outputs[:-1] if "<pre" in html]
    assert coloured(committed[0]) and not coloured(committed[-1])
    assert "".join(canvas.outputs) != long.whole(mixed(60_000)) == Markdown().render(mixed(60_000))


def test_outputs_that_stay_as_they_are_have_all_their_colours():
    clock = Clock()
    canvas = Canvas(clock)
    painter = Painter(canvas, clock=clock, folds=False)
    text = mixed(60_000)
    for end in range(2000, len(text) + 1, 2000):
        painter.show(text[:end])
        clock.now += 10
    committed = [html for html in canvas.outputs[:-1] if "<pre" in html]
    assert len(committed) > 10 and all(map(coloured, committed))


def test_the_first_word_is_painted_at_once():
    clock = Clock()
    canvas = Canvas(clock)
    pause = Painter(canvas, clock=clock).show("w")
    assert canvas.outputs == [Markdown().render("w")]
    assert pause == pytest.approx(INTERVAL)


def test_no_text_and_no_new_text_paint_nothing():
    clock = Clock()
    canvas = Canvas(clock)
    painter = Painter(canvas, clock=clock)
    assert painter.show("") == 0.0 and not canvas.sent
    painter.show("words")
    clock.now += 10
    assert painter.show("words") == 0.0 and len(canvas.sent) == 1


def test_it_paints_at_most_eight_times_a_second():
    clock = Clock()
    canvas = Canvas(clock)
    painter = Painter(canvas, clock=clock)
    for count in range(1, 4001):
        painter.show("word " * count if count < 300 else "word " * 300 + "." * count)
        clock.now += 0.001
    times = [time for time, _ in canvas.sent]
    assert 30 <= len(times) <= 33
    assert all(later - earlier >= INTERVAL - 1e-9 for earlier, later in itertools.pairwise(times))


def test_a_call_before_its_time_says_how_long_to_wait():
    clock = Clock()
    painter = Painter(Canvas(clock), clock=clock)
    painter.show("a")
    clock.now += 0.1
    assert painter.show("ab") == pytest.approx(INTERVAL - 0.1)


def test_what_came_before_its_time_is_painted_when_it_is_time():
    clock = Clock()
    canvas = Canvas(clock)
    painter = Painter(canvas, clock=clock)
    painter.show("a")
    painter.show("ab")
    clock.now += INTERVAL
    painter.show("ab")
    assert canvas.outputs == [Markdown().render("ab")]


@pytest.mark.parametrize("text", ["```\n" + "x = 1 < 2\n" * 12_000, "word " * 24_000], ids=["fence", "paragraph"])
@pytest.mark.parametrize("commits", [True, False])
def test_one_giant_block_is_painted_less_often_as_it_grows(text, commits):
    _, canvas, seconds = flow(text, 10_000, commits)
    largest = max(size for _, size in canvas.sent)
    assert canvas.total <= BYTES_PER_SECOND * seconds + largest
    assert len(canvas.outputs) == 1


@pytest.mark.parametrize("per_second", [800, 4000])
def test_a_reply_with_large_tables_leaves_no_pause_that_jupyterlab_takes_for_its_end(per_second):
    rows = "".join(f"| row {number} | {number} | {number * 7} |\n" for number in range(70))
    text = (mixed(3_000) + f"\n\n| name | a | b |\n|---|--:|:-:|\n{rows}\n") * 3
    _, canvas, seconds = flow(text, per_second)
    times = sorted({time for time, _ in canvas.sent})
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(size for _, size in canvas.sent) / BYTES_PER_SECOND > 0.2  # what one of them would have to wait for
    assert max(pauses) < 0.18
    assert canvas.total <= BYTES_PER_SECOND * seconds + MOST_DEBT + max(size for _, size in canvas.sent)


def test_without_commits_there_is_one_output_under_the_same_rate():
    text = mixed(60_000)
    _, canvas, seconds = flow(text, 8_000, commits=False)
    assert canvas.most == 1
    assert canvas.total <= BYTES_PER_SECOND * seconds + max(size for _, size in canvas.sent)


def test_what_is_committed_is_never_painted_again():
    kept = []

    def look(canvas, text):
        final = canvas.outputs if not canvas.open else canvas.outputs[:-1]
        assert final[: len(kept)] == kept
        kept[:] = final

    _, canvas, _ = flow(mixed(40_000), 4_000, look=look)
    assert len(kept) > 10 and canvas.folds == 0


@pytest.mark.parametrize("commits", [True, False])
def test_what_stands_on_the_canvas_is_always_the_text_so_far(commits):
    painted = []

    def look(canvas, text):
        if len(canvas.sent) != len(painted):
            painted[:] = canvas.sent
            now = "".join(block.html(growing=True) for block in Markdown().blocks(text))
            assert uncoloured("".join(canvas.outputs)) == uncoloured(now)

    flow(mixed(12_000), 2_000, commits, look=look)


@pytest.mark.parametrize("per_second", [4_000, 16_000])
def test_outputs_fold_before_a_front_end_hides_them(per_second):
    text = mixed(400_000)
    _, canvas, _ = flow(text, per_second)
    assert canvas.most <= MOST_OUTPUTS
    assert canvas.folds >= 1
    assert "".join(canvas.outputs)[:20_000] == Markdown().render(text)[:20_000]


def test_a_reply_of_100_kb_at_a_thousand_tokens_a_second_costs_at_most_nine_times_its_bytes():
    text = mixed(98_000, prose=PROSE * 4)
    size = len(text.encode())
    painter, canvas, seconds = flow(text, 4_000)
    end = len(painter.whole(text).encode()) + size + ENVELOPE
    assert canvas.folds == 0
    assert canvas.total + end <= 9 * size
    assert len(canvas.sent) <= 17 * seconds


ENDINGS = {
    "mixed": mixed(9_000),
    "reference defined late": f"see [here][1] and [there].\n\n{mixed(6_000)}\n\n[1]: https://example.org/late\n"
    "[there]: <https://example.org/there> 't'\n",
    "reference that came slowly": f"see [1].\n\n[1]: https://example.org/{'a' * 400}\n\n{mixed(6_000)}",
    "reference defined early": f"[1]: https://example.org/early\n\n{mixed(6_000)}\n\nsee [here][1].\n",
    "open fence": mixed(5_000) + "\n\n```python\nx = 1",
    "open formula": mixed(5_000) + "\n\n$$\nx = 1",
    "bracketed formulas": "so:\n\n\\[\nx\n\\]\n\nand words.\n\n" * 200,
    "one list": "- point\n    - more\n\n      words\n" * 120,
    "nothing but a definition": "[1]: https://example.org/late",
    "nothing": "",
}


@pytest.mark.parametrize("per_second", [1_000, 4_000, 1_000_000])
@pytest.mark.parametrize("text", ENDINGS.values(), ids=ENDINGS.keys())
def test_the_end_is_as_if_the_text_had_come_at_once(text, per_second):
    painter, _, _ = flow(text, per_second)
    assert painter.whole(text) == Markdown().render(text)


def test_the_end_takes_in_what_was_not_painted_yet():
    text = mixed(8_000)
    painter, _, _ = flow(text[:6_000], 2_000)
    assert painter.whole(text) == Markdown().render(text)


def test_the_end_may_be_another_text():
    painter, _, _ = flow(mixed(6_000), 2_000)
    other = "### 1\n\n" + mixed(6_000) + "\n\n### 2\n\nwords"
    assert painter.whole(other) == Markdown().render(other)


def test_a_reference_of_another_text_is_not_taken_over():
    painter, _, _ = flow("[1]: https://example.org/old\n\nwords", 100)
    assert painter.whole("### 1\n\nsee [1]") == Markdown().render("### 1\n\nsee [1]")
