"""The usage line: numbers that say something, and what is unknown said as unknown."""

import re
from datetime import datetime

import pytest
from inertness import faults

from liara_magic.protocol.events import Finish, TextDelta
from liara_magic.protocol.reply import Reply
from liara_magic.protocol.usage import Totals, Usage
from liara_magic.screen.figures import number, toman, without_isolates
from liara_magic.screen.footer import details, footer, footer_html, notices_html, so_far_html, status_html

KNOWN = Usage(prompt_tokens=120, completion_tokens=1045, total_cost_toman=42.1)


def line(usage=KNOWN, totals=Totals(requests=3, toman=118.0), text="words", **ending):
    reply = Reply(model="test/model", usage=usage, seconds=2.34)
    if text:
        reply.add(TextDelta(text))
    return without_isolates(footer(reply, totals, **ending))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (-1, "0"),
        (0.0082, "0.0082"),
        (0.00000812, "0.0000081"),
        (0.5, "0.50"),
        (0.99, "0.99"),
        (0.999, "1.00"),
        (1.5, "1.5"),
        (9.99, "10.0"),
        (10, "10.0"),
        (42.1, "42.1"),
        (99.99, "100.0"),
        (100, "100"),
        (118, "118"),
        (1240, "1,240"),
        (1234567.8, "1,234,568"),
    ],
)
def test_a_number_has_as_many_decimals_as_say_something(value, shown):
    assert number(value) == shown


def test_the_line_says_model_time_tokens_cost_and_conversation():
    assert line() == "✓ test/model · 2.3 s · 120 → 1,045 tokens · 42.1 تومان · conversation 3 turns, 118 تومان"


@pytest.mark.parametrize(
    ("usage", "shown"),
    [
        (Usage(), "tokens unknown · cost unknown"),
        (Usage(prompt_tokens=5), "5 → ? tokens · cost unknown"),
        (Usage(completion_tokens=5), "? → 5 tokens · cost unknown"),
        (Usage(prompt_tokens=0, completion_tokens=0, total_cost_toman=0.0), "0 → 0 tokens · 0 تومان"),
        (Usage(prompt_tokens=1, completion_tokens=2, cost=0.1), "1 → 2 tokens · cost unknown"),
        (
            Usage(prompt_tokens=1, completion_tokens=2, total_cost_toman=7, is_estimate=True),
            "1 → 2 tokens · ≈ 7.0 تومان",
        ),
    ],
)
def test_what_is_unknown_is_called_so_and_an_estimate_is_marked(usage, shown):
    assert f" · {shown} · " in line(usage)


@pytest.mark.parametrize(
    ("totals", "shown"),
    [
        (Totals(), "conversation 0 turns, 0 تومان"),
        (Totals(requests=1, toman=0.98), "conversation 1 turn, 0.98 تومان"),
        (Totals(requests=2, toman=1240), "conversation 2 turns, 1,240 تومان"),
        (Totals(requests=2, toman=5, unknown=1), "conversation 2 turns, 5.0 تومان + 1 unknown"),
        (
            Totals(requests=2, toman=5, budget=100.0, budget_used=42.1),
            "conversation 2 turns, 5.0 تومان · budget 42.1 of 100 تومان",
        ),
    ],
)
def test_the_conversation_counts_its_turns_and_what_is_unknown(totals, shown):
    assert line(totals=totals).endswith(f" · {shown}")


def test_a_reply_that_ended_early_says_what_was_kept():
    assert line(text="x" * 1240, reason="stopped").startswith("✗ test/model · ")
    assert " · 1,240 characters kept · " in line(text="x" * 1240, reason="stopped")
    assert "kept" not in line(text="", reason="stopped") and "kept" not in line()


def test_a_refused_request_charged_nothing():
    shown = line(usage=Usage(), text="", reason="refused", charged=False)
    assert shown.startswith("✗ test/model · 2.3 s · nothing charged · conversation")
    assert "unknown" not in shown and "tokens" not in shown


def test_toman_are_isolated_so_that_the_word_pulls_no_number_along():
    assert toman(42.1) == "\u206642.1 تومان\u2069"
    html = footer_html(Reply(model="test/model", usage=KNOWN), Totals(requests=1, toman=118.0))
    assert html.count('<bdi dir="ltr">') == html.count("</bdi>") == 2
    assert '<bdi dir="ltr">42.1 تومان</bdi>' in html
    assert "\u2066" not in html and "\u2069" not in html


@pytest.mark.parametrize("mark", ["\u2066", "\u2069", "\u202e", "\x1b[2J", "\x00"])
def test_a_model_s_name_brings_no_marks_into_the_line(mark):
    reply = Reply(model=f"test/{mark}model", usage=KNOWN)
    assert mark not in without_isolates(footer(reply, Totals()))
    html = footer_html(reply, Totals())
    assert html.count("<bdi") == html.count("</bdi>") == 2 and mark not in html


def test_persian_digits_are_for_our_own_figures_alone():
    reply = Reply(model="openai/gpt-5", id="6922b3", usage=KNOWN, seconds=2.34)
    shown = without_isolates(footer(reply, Totals(requests=3, toman=1240), digits="persian"))
    assert shown == "✓ openai/gpt-5 · ۲٫۳ s · ۱۲۰ → ۱٬۰۴۵ tokens · ۴۲٫۱ تومان · conversation ۳ turns, ۱٬۲۴۰ تومان"
    assert dict(details(reply, "persian"))["id"] == "6922b3"


def test_the_details_say_what_the_line_rounds_or_leaves_out():
    usage = Usage(1234, 567, 1801, cached_tokens=1000, reasoning_tokens=321, total_cost_toman=0.98824375, cost=8.25e-06)
    reply = Reply(model="m", id="6922b3", usage=usage, started=datetime(2026, 1, 2, 3, 4, 5), first_word=0.834)
    reply.raw.update(provider="OpenAI", service_tier="default", system_fingerprint=None, other="x")
    reply.add(Finish("stop"))
    assert dict(details(reply)) == {
        "tokens sent": "1,234, 1,000 of them from the cache",
        "tokens received": "567, 321 of them for reasoning",
        "cost": "0.98824375 toman, the gateway's list price; 0.00000825 dollars",
        "asked": "2026-01-02 03:04:05",
        "first word after": "0.83 s",
        "ended with": "stop",
        "provider": "OpenAI",
        "service tier": "default",
        "id": "6922b3",
    }


def test_a_derived_and_an_unknown_cost_are_said_to_be_so():
    derived = Reply(usage=Usage(1, 2, total_cost_toman=7.5, cost=0.1, is_estimate=True))
    assert dict(details(derived))["cost"].startswith("≈ 7.5 toman, from the dollars at the rate of an earlier reply")
    assert dict(details(Reply()))["cost"] == "unknown: the gateway did not say"


@pytest.mark.parametrize("name", ["provider", "service_tier", "system_fingerprint"])
@pytest.mark.parametrize(
    "value", ["<script>alert(1)</script>", "$\\href{javascript:x}{y}$", "\u202e", "x" * 9999, 5, {}]
)
def test_details_of_the_server_are_inert_and_short(name, value):
    reply = Reply(model="m")
    reply.raw[name] = value
    html = footer_html(reply, Totals())
    assert not faults(html) and len(html) < 2000


def test_the_lines_run_from_the_left_and_need_no_stylesheet():
    for html in (
        footer_html(Reply(model="test/model"), Totals()),
        status_html("test/model", "waiting", 3.0),
        notices_html(["one"]),
    ):
        assert re.match('<(div|details) dir="ltr" style="', html) and "class" not in html


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.4, "test/model · waiting<"), (1.0, "waiting · 1 s<"), (75.2, "waiting · 75 s<")]
)
def test_the_status_counts_seconds_from_the_first(seconds, shown):
    assert shown in status_html("test/model", "waiting", seconds)


def test_notices_have_a_line_each_and_nothing_when_there_is_none():
    assert notices_html([]) == ""
    assert notices_html(["one <b>", "two\x1b"]).count("<div>") == 2
    assert "<div>one &lt;b&gt;</div><div>two</div>" in notices_html(["one <b>", "two\x1b"])


# What a reply has cost so far


@pytest.mark.parametrize(
    ("estimate", "shown"),
    [
        (Usage(), ""),
        (Usage(prompt_tokens=9, completion_tokens=0, total_cost_toman=1.0), ""),
        (Usage(completion_tokens=1250), "≈ 1,250 tokens so far"),
        (Usage(completion_tokens=1250, total_cost_toman=12.34), "≈ 1,250 tokens · ≈ 12.3 تومان so far"),
    ],
)
def test_the_line_under_a_growing_reply(estimate, shown):
    html = so_far_html(estimate)
    assert re.sub("<.*?>", "", html) == shown
    assert faults(html) == [] and len(html.encode()) < 150


def test_the_line_under_a_growing_reply_follows_the_digits_setting():
    assert "۱٬۲۵۰" in so_far_html(Usage(completion_tokens=1250), "persian")


def test_a_cost_that_never_came_is_unknown_with_what_is_known():
    reply = Reply(usage=Usage(), estimate=Usage(completion_tokens=50, total_cost_toman=12.34))
    reply.add(TextDelta("words"))
    shown = without_isolates(footer(reply, Totals(), reason="stopped"))
    assert " · cost unknown, about 12.3 تومان by what came · 5 characters kept · " in shown
