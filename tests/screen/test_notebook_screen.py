"""What a notebook's cell shows while a reply comes, and the one output that it keeps."""

import re
import time

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from screens import PNG_URL, TOTALS, RecordingPublisher, reply_of

from liara_magic.protocol.events import Finish, ListDelta, ReasoningDelta, RefusalDelta, TextDelta, Waiting
from liara_magic.protocol.usage import Usage
from liara_magic.screen import painter
from liara_magic.screen.footer import footer
from liara_magic.screen.markdown import Markdown
from liara_magic.screen.notebook import SO_FAR, NotebookScreen, reply_bundle, show_document

LONG = "".join(f"## Part {n}\n\nwords and more words of part {n} in a paragraph of its own.\n\n" for n in range(120))


@pytest.fixture
def later(monkeypatch):
    """A clock that the test sets forward: ``later(seconds)``."""
    began, ahead = time.monotonic(), [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: began + ahead[0])

    def forward(seconds):
        ahead[0] += seconds

    return forward


@pytest.fixture
def publisher():
    return RecordingPublisher()


def whole_life(screen, *texts):
    reply = reply_of(texts[0])
    screen.start("test/model")
    screen.show(reply)
    for text in texts[1:]:
        reply.add(TextDelta(text))
        screen.show(reply)
    screen.finish(reply, TOTALS)
    return reply


def test_our_own_cell_ends_with_one_output_of_html_and_source(publisher):
    reply = whole_life(NotebookScreen(publisher, owns_cell=True), "# Words\n\nand ", "more `x`")
    assert publisher.clears == 1 and not publisher.calls[-1][2]
    ((_, data),) = publisher.outputs
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"] == reply.text == "# Words\n\nand more `x`"
    assert Markdown().render(reply.text) in data["text/html"]
    assert "✓ test/model" in data["text/html"]


def test_in_another_cell_one_output_is_updated_and_nothing_is_cleared(publisher):
    reply = whole_life(NotebookScreen(publisher, owns_cell=False), LONG)
    assert publisher.clears == 0
    assert [update for _, _, update in publisher.calls] == [False] + [True] * (len(publisher.calls) - 1)
    assert len({identity for identity, _, _ in publisher.calls}) == 1
    assert publisher.outputs[0][1]["text/plain"] == reply.text


@pytest.mark.parametrize("owns_cell", [True, False])
def test_every_output_has_an_id_of_its_own_that_is_used_for_nothing_else(publisher, owns_cell):
    for _ in range(3):
        whole_life(NotebookScreen(publisher, owns_cell), LONG, LONG)
    made = [identity for identity, _, update in publisher.calls if not update]
    assert all(made) and len(made) == len(set(made))


def test_a_long_reply_in_our_own_cell_takes_several_outputs_and_folds_into_one(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = reply_of(LONG)
    screen.start("test/model")
    screen.show(reply)
    assert len(publisher.outputs) == 2
    screen.finish(reply, TOTALS)
    assert len(publisher.outputs) == 1
    assert publisher.outputs[0][1]["text/plain"] == LONG
    assert Markdown().render(LONG) in publisher.html


def test_while_it_comes_a_paint_is_html_alone(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    screen.show(reply_of("words"))
    assert all(set(data) == {"text/html"} for _, data, _ in publisher.calls)


@pytest.mark.parametrize("owns_cell", [True, False])
def test_a_captured_cell_gets_exactly_one_output(owns_cell):
    publisher = CapturingDisplayPublisher()
    reply = whole_life(NotebookScreen(publisher, owns_cell), "one ", "two", LONG)
    (output,) = publisher.outputs
    assert output["data"]["text/plain"] == reply.text
    assert not output["metadata"] and not output["update"]


def test_two_asks_in_a_captured_cell_keep_both_replies():
    publisher = CapturingDisplayPublisher()
    for text in ("one", "two"):
        whole_life(NotebookScreen(publisher, owns_cell=False), text)
    assert [output["data"]["text/plain"] for output in publisher.outputs] == ["one", "two"]


def test_before_the_first_word_a_line_says_who_is_asked_and_for_how_long(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    assert "test/model · connecting</div>" in publisher.html
    later(1.0)
    screen.show(reply_of())
    assert "test/model · waiting · 1 s" in publisher.html
    later(1.0)
    screen.show(reply_of(ReasoningDelta("hmm " * 400)))
    assert "reasoning · 2 s · 1,600 characters" in publisher.html
    assert len(publisher.outputs) == 1


def test_the_line_changes_once_a_second_at_most(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    for _ in range(50):
        later(0.1)
        screen.show(reply_of())
    assert len(publisher.calls) in (5, 6)


def test_a_request_that_will_be_sent_again_counts_down(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    reply = reply_of(Waiting(4.0, "The gateway is busy."))
    screen.show(reply)
    assert "The gateway is busy. Retrying in 4 s" in publisher.html
    later(2.0)
    screen.show(reply)
    assert "Retrying in 2 s" in publisher.html
    later(3.0)
    screen.show(reply)
    assert "Retrying" not in publisher.html and "waiting" in publisher.html
    assert len(publisher.calls) <= 5


def test_the_countdown_says_so_once_and_not_at_every_look(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    reply = reply_of(Waiting(0.5, "The gateway is busy."))
    for _ in range(100):
        later(0.02)
        screen.show(reply)
    assert len(publisher.calls) <= 6


def test_the_first_word_takes_the_place_of_the_line(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    pause = screen.show(reply_of("words"))
    assert "connecting" not in publisher.html and "words" in publisher.html
    assert len(publisher.outputs) == 1 and 0 < pause <= 0.2


def test_a_reply_that_broke_keeps_its_words_and_says_what_it_may_have_cost(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    reply = reply_of("half a reply", usage=Usage())
    screen.show(reply)
    screen.fail(reply, TOTALS, "The connection was lost.", True)
    ((_, data),) = publisher.outputs
    assert data["text/plain"] == "half a reply"
    assert "half a reply" in data["text/html"] and "✗ test/model" in data["text/html"]
    assert "12 characters kept" in data["text/html"] and "cost unknown" in data["text/html"]


@pytest.mark.parametrize("owns_cell", [True, False])
def test_an_ask_that_failed_before_a_word_leaves_its_line(publisher, owns_cell):
    screen = NotebookScreen(publisher, owns_cell)
    screen.start("test/model")
    reply = reply_of(usage=Usage())
    screen.fail(reply, TOTALS, "The key was refused.", False)
    ((_, data),) = publisher.outputs
    assert "connecting" not in data["text/html"] and "nothing charged" in data["text/html"]
    assert data["text/plain"] == footer(reply, TOTALS, "The key was refused.", False)


def test_an_ask_that_failed_before_it_began_still_leaves_one_output(publisher):
    NotebookScreen(publisher, owns_cell=True).fail(reply_of(), TOTALS, "stopped", False)
    assert len(publisher.outputs) == 1


def test_reasoning_is_folded_above_the_answer(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    usage = Usage(completion_tokens=1300, reasoning_tokens=1240)
    screen.finish(reply_of(ReasoningDelta("first *this*, <b>"), "the answer", usage=usage), TOTALS)
    html = publisher.html
    assert html.startswith("<details ") and "open" not in html.partition(">")[0]
    assert ">reasoning · 1,240 tokens</summary>" in html
    assert "<em>this</em>, &lt;b&gt;" in html and html.index("</details>") < html.index("the answer")
    assert publisher.outputs[0][1]["text/plain"] == "the answer"


def test_reasoning_is_seen_while_it_comes_and_folds_when_the_answer_begins(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    later(1.0)
    screen.show(reply_of(ReasoningDelta("first *this*")))
    assert '<details open=""' in publisher.html and "<em>this</em>" in publisher.html
    later(1.0)
    thoughts = "first *this*" + "\n\nthen that" * 400
    assert screen.show(reply_of(ReasoningDelta(thoughts))) > 0
    assert "then that" in publisher.html and "this" not in publisher.html and len(publisher.html) < 4000
    screen.show(reply_of(ReasoningDelta(thoughts), "the answer"))
    folded, answer = publisher.outputs
    assert "open" not in folded[1]["text/html"].partition("<summary")[0] and "this" in folded[1]["text/html"]
    assert "the answer" in answer[1]["text/html"]
    screen.finish(reply_of(ReasoningDelta(thoughts), "the answer"), TOTALS)
    assert len(publisher.outputs) == 1 and publisher.html.count("the answer") == 1 == publisher.html.count("this")


def test_reasoning_stays_above_when_many_outputs_are_folded_early(publisher, later, monkeypatch):
    monkeypatch.setattr(painter, "MOST_OUTPUTS", 3)
    screen = NotebookScreen(publisher, owns_cell=True)
    screen.start("test/model")
    later(1.0)
    screen.show(reply_of(ReasoningDelta("a thought")))
    text = ""
    while publisher.clears == 0:
        text += "words " * 500 + "\n\n"
        later(5.0)
        screen.show(reply_of(ReasoningDelta("a thought"), text))
    assert publisher.html.index("a thought") < publisher.html.index("words")


def test_in_a_cell_of_others_reasoning_takes_no_output_of_its_own(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=False)
    screen.start("test/model")
    later(1.0)
    screen.show(reply_of(ReasoningDelta("a thought")))
    screen.show(reply_of(ReasoningDelta("a thought"), "the answer"))
    screen.finish(reply_of(ReasoningDelta("a thought"), "the answer"), TOTALS)
    assert len(publisher.outputs) == 1 and publisher.html.count("a thought") == 1


def test_pictures_are_outputs_of_their_own_between_the_answer_and_the_line(publisher):
    urls = [PNG_URL, "data:image/svg+xml;base64,PHN2Zz4=", PNG_URL]
    reply = reply_of("words", ListDelta("images", [{"image_url": {"url": url}} for url in urls]))
    NotebookScreen(publisher, owns_cell=True).finish(reply, TOTALS)
    answer, first, third, line = (data for _, data in publisher.outputs)
    assert "words" in answer["text/html"] and "image 2 is not shown" in answer["text/html"]
    assert "test/model" not in answer["text/html"] and "test/model" in line["text/html"]
    assert first["image/png"] == third["image/png"] == PNG_URL.partition(",")[2]
    assert [first["text/plain"], third["text/plain"]] == ["image 1, 69 bytes", "image 3, 69 bytes"]


def test_a_reply_as_a_value_shows_its_pictures_within(publisher):
    bundle = reply_bundle(reply_of("words", ListDelta("images", [{"image_url": {"url": PNG_URL}}])))
    assert f'<img alt="image 1" src="{PNG_URL}">' in bundle["text/html"]
    assert bundle["text/plain"].endswith("`image/png`, 69 bytes, in `reply.images[0]`")


def test_a_gif_is_html_too_for_viewers_that_do_not_know_it(publisher):
    gif = "data:image/gif;base64,R0lGODlhAwACAAAAADs="
    NotebookScreen(publisher, owns_cell=True).finish(
        reply_of(ListDelta("images", [{"image_url": {"url": gif}}])), TOTALS
    )
    _, picture, _ = (data for _, data in publisher.outputs)
    assert set(picture) == {"image/gif", "text/html", "text/plain"}


def test_probabilities_shade_the_tokens_and_are_a_table_as_text(publisher):
    NotebookScreen(publisher, owns_cell=True).finish(
        reply_of("words", ListDelta("logprobs", [{"token": "words", "logprob": -0.5}])), TOTALS
    )
    (output,) = (data for _, data in publisher.outputs)
    assert "rgba(230,159,0,0.3)" in output["text/html"] and "| `words` 61% |" in output["text/plain"]


def test_several_choices_stand_numbered_under_each_other(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = reply_of("one", TextDelta("two", 1), Finish("stop"), Finish("stop", 1))
    screen.show(reply)
    screen.finish(reply, TOTALS)
    html = publisher.html
    assert html.index(">1</h3>") < html.index("one") < html.index(">2</h3>") < html.index("two")
    assert html.count("one") == 1
    assert publisher.outputs[0][1]["text/plain"] == "### 1\n\none\n\n### 2\n\ntwo"


def test_notices_stand_between_the_answer_and_the_line(publisher):
    reply = reply_of("words")
    reply.notices += ["The reply ended at the token limit.", "<b>"]
    NotebookScreen(publisher, owns_cell=True).finish(reply, TOTALS)
    html = publisher.html
    assert html.index("words") < html.index("token limit") < html.index("&lt;b&gt;") < html.index("✓")


def test_a_refusal_is_shown_while_it_comes_and_marked_at_the_end(publisher):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = reply_of(RefusalDelta("I will not."))
    screen.show(reply)
    assert "I will not." in publisher.html
    screen.finish(reply, TOTALS)
    assert "<strong>The model declined:</strong> I will not." in publisher.html


def test_a_reply_shows_itself_as_it_was_shown(publisher):
    reply = reply_of(ReasoningDelta("hmm"), "words", ListDelta("tool_calls", [{"function": {"name": "rows"}}]))
    NotebookScreen(publisher, owns_cell=True).finish(reply, TOTALS)
    bundle = reply_bundle(reply)
    assert publisher.html.startswith(bundle["text/html"])
    assert publisher.outputs[0][1]["text/plain"] == bundle["text/plain"]


def test_a_document_of_our_own_is_html_and_source(publisher):
    show_document(publisher, "**Bold**")
    ((_, data),) = publisher.outputs
    assert "<strong>Bold</strong>" in data["text/html"] and data["text/plain"] == "**Bold**"


# What it has cost so far


def growing(screen, publisher, count):
    """A reply of so many pieces, each of which is painted; returns it."""
    reply = reply_of()
    screen.start("test/model")
    for number in range(count):
        reply.add(TextDelta(f"piece {number} "))
        reply.estimate = Usage(completion_tokens=10 * (number + 1), total_cost_toman=number + 1.0)
        painted = len(publisher.calls)
        while len(publisher.calls) == painted:
            screen.show(reply)
    return reply


def test_tokens_and_cost_so_far_stand_above_the_growing_text_of_a_cell_of_ours(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = growing(screen, publisher, 1)
    assert [identity for identity, _, _ in publisher.calls[:2]] == [publisher.outputs[0][0]] * 2  # it was the status
    status, head = (re.match(r"(<div[^>]*>)+", data["text/html"])[0] for _, data, _ in publisher.calls[:2])
    assert status == head  # in the same elements, so that it is as high
    assert "answering" in publisher.outputs[0][1]["text/html"]
    later(SO_FAR)
    reply.add(TextDelta("and more"))
    reply.estimate = Usage(completion_tokens=390)
    screen.show(reply)
    said, text = (data["text/html"] for _, data in publisher.outputs)
    assert "≈ 390 tokens so far" in said and "piece" in text and "so far" not in text
    screen.finish(reply, TOTALS)
    assert "so far" not in publisher.html and len(publisher.outputs) == 1


def test_tokens_and_cost_so_far_stand_under_the_growing_text_of_another_cell(publisher):
    screen = NotebookScreen(publisher, owns_cell=False)
    reply = growing(screen, publisher, 3)
    shown = [data["text/html"] for _, data, _ in publisher.calls[1:]]
    assert [f"≈ {10 * number} tokens" in html for number, html in enumerate(shown, 1)] == [True] * 3
    assert all(html.index("piece") < html.index("so far") for html in shown)
    screen.finish(reply, TOTALS)
    assert "so far" not in publisher.outputs[-1][1]["text/html"]


def test_what_it_has_cost_so_far_is_no_reason_for_a_message(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = growing(screen, publisher, 1)
    messages = len(publisher.calls)
    for number in range(20):
        later(1.0)
        reply.estimate = Usage(completion_tokens=1000 + number)
        screen.show(reply)
    assert len(publisher.calls) == messages


def test_tokens_so_far_stand_under_reasoning_too(publisher, later):
    screen = NotebookScreen(publisher, owns_cell=True)
    reply = reply_of(ReasoningDelta("thinking about it"))
    reply.estimate = Usage(completion_tokens=40)
    screen.start("test/model")
    later(1.0)
    screen.show(reply)
    assert "≈ 40 tokens so far" in publisher.outputs[-1][1]["text/html"]
