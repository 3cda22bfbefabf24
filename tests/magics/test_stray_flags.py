"""Flags behind the prompt of a line, where they do not count: refused at its end, named elsewhere."""

import pytest
from loopback import Loopback

from liara_magic.magics.options import parse_cell, parse_line
from liara_magic.protocol.errors import LiaraUsageError


@pytest.mark.parametrize(
    ("prompt", "flags"),
    [
        ("draw something", "-o pic"),
        ("why is it slow?", "--max-cost 5"),
        ("why is it slow?", "--max-cost=۵"),
        ("why is it slow?", "-c"),
        ("why is it slow?", "-c 3 -o pic -s 'You are terse.'"),
        ("what does wc -c count?", "--fresh"),
        ("it's `ls -a` that I mean", "–o pic"),
        ("خلاصه کن", "-a df"),
        ("explain", "--verbose"),
        ("write a sort in python", "-m openai/gpt-4o"),
        ("explain what git is", "-c"),
        ("explain ls", "--max-tokens 100"),
        ("explain the class", "-c"),
        ("explain x.wc", "-c"),
        ("plot this in python", "-a df"),
        ("draw a cat", "-o pic"),
    ],
)
def test_flags_behind_a_prompt_are_refused_with_both_ways_to_write_it(prompt, flags):
    with pytest.raises(LiaraUsageError) as refused:
        parse_line(f"-t 0 {prompt} {flags}")
    assert refused.value.message.startswith(f"“{flags}” stands behind the prompt")
    first, second = refused.value.hint.partition(": ")[2].split(" … or, if it belongs to the prompt: ")
    assert parse_line(first.removeprefix("%liara ")).prompt == prompt
    meant = parse_line(second.removeprefix("%liara "))
    assert (meant.prompt, meant.notes) == (f"{prompt} {flags}", ())


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("what does wc -c do", "“-c”"),
        ("what is ls -a", "“-a”"),
        ("compare -t 3 with --top-p 1 and -t 3", "“-t”, “--top-p”"),
        ("draw -o pic of a cat", "“-o”"),
        ("what is python -c", "“-c”"),
        ("explain python -m venv", "“-m”"),
        ("how do I use grep -c", "“-c”"),
        ("what does curl -s do", "“-s”"),
        ("explain git tag -a v1.0", "“-a”"),
        ("explain ssh -T git@github.com", "“-T”"),
        ("what is ls -l -a -c", "“-a”, “-c”"),
        ("دستور ls -a چیست", "“-a”"),
    ],
)
def test_a_flag_that_may_be_a_word_of_the_prompt_is_sent_and_said(prompt, named):
    ask = parse_line(prompt)
    assert ask.prompt == prompt
    assert ask.notes[0].startswith(f"{named} went along as part of the prompt")


@pytest.mark.parametrize(
    "prompt",
    [
        "what does ls -l do",
        "explain --verbos",
        "-- wc -c",
        "explain `grep -o x`",
        'what is "gcc -o x"',
        "what is 'gcc -o x'?",
        "well-known -5 - 3 a—c",
    ],
)
def test_dashes_that_are_no_flags_and_those_that_are_quoted_need_no_word(prompt):
    assert parse_line(prompt).notes == ()


def test_the_prompt_of_a_cell_may_end_in_flags():
    ask = parse_cell("-t 0", "what is wc -c")
    assert (ask.prompt, ask.notes) == ("what is wc -c", ())


def test_a_line_of_thousands_of_flags_is_read_in_no_time():
    with pytest.raises(LiaraUsageError):
        parse_line("x" + " -c" * 20_000)


def test_nothing_leaves_for_a_line_that_ends_in_flags(ipython, kernel):
    with Loopback(lambda line, request: line.reply("fine")) as gateway:
        kernel.settings.base_url, kernel.settings.model = gateway.base_url, "test/model"
        error = ipython.fails("%liara draw a cat -o pic")
        assert isinstance(error, LiaraUsageError)
        assert gateway.posts == 0 and not kernel.ledger.rows
        assert "went along as part of the prompt" not in ipython.run("%liara -- what is wc -c")
        assert "“-c” went along as part of the prompt" in ipython.run("%liara what does wc -c do")
        assert [request.json["messages"][-1]["content"] for request in gateway.requests] == [
            "what is wc -c",
            "what does wc -c do",
        ]
