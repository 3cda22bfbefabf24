"""Chunks that no honest server sends: nothing of them may escape as an exception or as half a character."""

import json

import pytest

from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.events import Facts, Finish, ServerFault, TextDelta, Unreadable
from liara_magic.protocol.reply import Reply


def events_of(*texts):
    reader = ChunkReader()
    return [event for text in texts for event in reader.read([text]) if not isinstance(event, Facts)]


def reply_of(*texts):
    reader, reply = ChunkReader(), Reply()
    for text in texts:
        for event in reader.read([text]):
            reply.add(event)
    return reply


def delta(text, **choice):
    """A chunk whose content is the JSON source ``text``."""
    rest = "".join(f', "{name}": {json.dumps(value)}' for name, value in choice.items())
    return f'{{"choices": [{{"index": 0, "delta": {{"content": {text}}}{rest}}}]}}'


@pytest.mark.parametrize(
    "data",
    [
        "", " ", "{", "}", "[DONE", "nul", "undefined", "{'a': 1}", '{"a": 1}{', '{"a": 01}',
        '"\\x"', "\x00", "\ufeff{}",
        "null", "true", "5", "-1.5e3", '"text"', "[]", '[{"choices": []}]', "NaN", "Infinity",
        "1" * 5000, "[" * 20_000, '{"a":' * 20_000, "[" * 5000 + "]" * 5000,
    ],
    ids=lambda data: repr(data[:12]),
)  # fmt: skip
def test_what_is_no_json_object_is_skipped(data):
    assert ChunkReader().read([data]) == [Unreadable()]


WRONG = ["null", "true", "0", "5", "-1", "1e999", "NaN", '"x"', '""', "[]", "[[]]", '["x"]', "{}", '{"x": 1}',
         "1" + "0" * 400, "[null]", "[5]", '{"text": 5}', '[{"text": {}}]', "[{}]"]  # fmt: skip
PLACES = [
    "%s",
    '{"choices": %s}',
    '{"choices": [%s]}',
    '{"choices": [{"index": %s, "delta": {"content": "a"}, "finish_reason": "stop"}]}',
    '{"choices": [{"delta": %s}]}',
    '{"choices": [{"message": %s}]}',
    '{"choices": [{"delta": {"content": %s}}]}',
    '{"choices": [{"delta": {"reasoning": %s}}]}',
    '{"choices": [{"delta": {"reasoning_content": %s}}]}',
    '{"choices": [{"delta": {"refusal": %s}}]}',
    '{"choices": [{"delta": {}, "finish_reason": %s}]}',
    '{"choices": [{"delta": {}, "finish_reason": "error", "error": %s}]}',
    '{"id": %s, "model": %s, "created": %s}',
    '{"usage": %s}',
    '{"usage": {"prompt_tokens": %s, "completion_tokens": %s, "total_tokens": %s}}',
    '{"usage": {"total_cost_toman": %s, "cost": %s, "total_cost": %s}}',
    '{"usage": {"prompt_tokens_details": %s, "completion_tokens_details": %s}}',
    '{"usage": {"prompt_tokens_details": {"cached_tokens": %s}}}',
    '{"error": %s}',
    '{"error": {"message": %s, "code": %s}}',
    '{"provider": %s}',
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("before", [None, delta('"\\ud83d"')], ids=["", "half a character is held"])
def test_a_wrong_type_anywhere_is_no_exception(place, before):
    for wrong in WRONG:
        reply = reply_of(*([before] if before else []), place.replace("%s", wrong), delta('"b"', finish_reason="stop"))
        assert any(choice.text.endswith("b") for choice in reply.choices), wrong
        assert isinstance(reply.id + reply.model + str(reply) + repr(reply), str)
        json.dumps(reply.text)
        for figure in (reply.usage.total_cost_toman, reply.usage.cost, reply.usage.prompt_tokens):
            assert figure is None or 0 <= figure < 1e13, wrong


@pytest.mark.parametrize("place", [place for place in PLACES if place != "%s"])
def test_deep_nesting_anywhere_is_no_exception(place):
    for depth in (50, 500, 900, *range(930, 1000, 3), 5000):
        reply = reply_of(place.replace("%s", "[" * depth + "]" * depth), delta('"b"'))
        assert reply.text.endswith("b")


def test_unpaired_keys_and_repeated_keys_do_no_harm():
    assert events_of('{"choices": 5, "choices": [{"delta": {"content": "a", "content": "b"}}]}') == [TextDelta("b")]


# Characters


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (['"\\ud83d"', '"\\ude00"'], "😀"),
        (['"a\\ud83d"', '"\\ude00b"'], "a😀b"),
        (['"\\ud83d"', '""', "null", '"\\ude00"'], "😀"),
        (['"\\ud83d\\ude00"'], "😀"),
        (['"\\ud83d\\ude00\\ud83d"', '"\\ude00"'], "😀😀"),
        (['"\\ud83d"', '"\\ude00\\ud83d"', '"\\ude00"'], "😀😀"),
        (['"سلام\\u200c"', '"\\ud83d"', '"\\ude00"'], "سلام\u200c😀"),
        (['"\\ud83d"', '"b"'], "\ufffdb"),
        (['"a\\ud83d b"'], "a\ufffd b"),
        (['"\\ude00"'], "\ufffd"),
        (['"a\\ude00"', '"b"'], "a\ufffdb"),
        (['"\\ude00\\ud83d"', '"x"'], "\ufffd\ufffdx"),
        (['"\\ud83d"', '"\\ud83d"', '"\\ude00"'], "\ufffd😀"),
        (['"\\ud83d\\ud83d\\ud83d"'], "\ufffd\ufffd\ufffd"),
        (['"\\ud83d"'], "\ufffd"),
        (['[{"text": "\\ud83d"}]', '[{"text": "\\ude00"}]'], "😀"),
    ],
)
def test_half_a_character_is_joined_or_replaced(pieces, text):
    reply = reply_of(*map(delta, pieces), delta('""', finish_reason="stop"))
    assert reply.text == text
    reply.text.encode()


def test_what_is_shown_while_it_comes_never_ends_in_half_a_character():
    events = events_of(delta('"a\\ud83d"'))
    assert events == [TextDelta("a")]


def test_half_a_character_belongs_to_its_own_choice_and_field():
    chunks = [
        '{"choices": [{"index": 0, "delta": {"content": "\\ud83d", "reasoning": "\\ud83e"}}]}',
        '{"choices": [{"index": 1, "delta": {"content": "\\ud83d"}}]}',
        '{"choices": [{"index": 0, "delta": {"reasoning": "\\udd14"}}]}',
        '{"choices": [{"index": 1, "delta": {"content": "\\ude01"}, "finish_reason": "stop"}]}',
        '{"choices": [{"index": 0, "delta": {"content": "\\ude00"}, "finish_reason": "stop"}]}',
    ]
    reply = reply_of(*chunks)
    assert [choice.text for choice in reply.choices] == ["😀", "😁"]
    assert reply.reasoning == "🤔"


def test_what_is_left_over_comes_before_the_end():
    assert events_of(delta('"\\ud83d"'), delta('""', finish_reason="stop")) == [TextDelta("\ufffd"), Finish("stop")]


@pytest.mark.parametrize(
    "chunk",
    [
        '{"id": "\\ud800", "model": "a"}',
        '{"model": "a\\udfffb"}',
        '{"choices": [{"delta": {}, "finish_reason": "\\ud800"}]}',
        '{"provider": {"\\ud800": ["\\udfff"]}}',
    ],
)
def test_half_a_character_in_a_fact_is_replaced_too(chunk):
    reply = reply_of(chunk)
    said = json.dumps([reply.id, reply.model, reply.finish_reason, reply.raw, repr(reply)], ensure_ascii=False)
    said.encode()


@pytest.mark.parametrize(
    "error", ['"\\ud800"', '{"message": "\\ud800", "code": "\\udfff"}', '{"message": ["\\ud800"]}']
)
def test_half_a_character_in_an_error_is_replaced_too(error):
    (fault,) = events_of(f'{{"error": {error}}}')
    assert isinstance(fault, ServerFault)
    (fault.message + fault.code).encode()


# What a reply shows of itself


def test_a_reply_is_its_text_for_print_and_one_line_for_a_list():
    reply = reply_of('{"model": "a/b"}', delta('"# سلام\\n\\n' + "word " * 30 + '"'))
    assert str(reply) == reply.text
    assert repr(reply).startswith("<Reply from a/b: # سلام word word")
    assert repr(reply).endswith("…>")
    assert len(repr(reply)) < 100
    assert "\n" not in repr(reply)


def test_an_empty_reply_shows_itself_too():
    reply = Reply()
    assert (str(reply), repr(reply), reply.text, reply.choices) == ("", "<Reply from no model: >", "", [])
    assert (reply.finish_reason, reply.reasoning, reply.refusal) == ("", "", "")


def test_a_reply_in_a_front_end_is_its_text_unless_more_is_offered(monkeypatch):
    reply = reply_of(delta('"**a**"'))
    monkeypatch.setattr(Reply, "mime_bundle", None)
    assert reply._repr_mimebundle_() == {"text/plain": "**a**"}
    monkeypatch.setattr(Reply, "mime_bundle", lambda shown: {"text/html": f"<b>{shown.text}</b>"})
    assert reply._repr_mimebundle_(include=None, exclude=None) == {"text/html": "<b>**a**</b>"}


def test_reading_the_text_while_it_grows_loses_nothing_of_it():
    reply = Reply()
    for number in range(1000):
        reply.add(TextDelta(f"{number} "))
        assert reply.text.endswith(f"{number} ")
    assert reply.text == "".join(f"{number} " for number in range(1000))


@pytest.mark.parametrize("value", ["{}", "[]", '"ab"'])
def test_a_chunk_of_a_million_values_is_not_read(value):
    text = f'{{"choices":[{{"index":0,"delta":{{"content":"a","images":[{value}{f",{value}" * 1_000_000}]}}}}]}}'
    assert ChunkReader().read([text]) == [Unreadable()]
