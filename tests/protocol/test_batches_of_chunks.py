"""How chunks are written, and that it does not matter in which batches they are read."""

import json

import pytest

from liara_magic.protocol.chunks import ChunkReader
from liara_magic.protocol.events import TextDelta
from liara_magic.protocol.reply import Reply

WHOLE = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello!"}, "finish_reason": "stop"}]}


def delta(index=0, finish_reason=None, **fields):
    return {"choices": [{"index": index, "delta": fields, "finish_reason": finish_reason}]}


def reply_of(text):
    reply = Reply()
    for event in ChunkReader().read([text]):
        reply.add(event)
    return reply


@pytest.mark.parametrize("form", [" {}", "\n\n        {}", "{}\r\n ", "\t{}\t"])
def test_space_around_a_chunk_does_not_matter(form):
    reply = reply_of(form.format(json.dumps(WHOLE)))
    assert (reply.text, reply.skipped) == ("Hello!", 0)


def test_a_chunk_may_stand_on_several_lines():
    assert reply_of(json.dumps(WHOLE, indent=2)).text == "Hello!"


def test_chunks_in_batches_make_the_same_reply_as_one_by_one():
    chunks = [
        {"id": "l0g", "model": "a/b", **delta(role="assistant", content="")},
        *(delta(number % 2, content=f"{number} ") for number in range(9)),
        delta(content="a", reasoning="hm"),
        delta(content="\ud83d"),
        delta(content="b\ud83d"),
        delta(content="\ude00"),
        delta(content=None),
        {"choices": [{"delta": {"content": "no index"}}]},
        {**delta(content="with usage"), "usage": {"prompt_tokens": 5}},
        *(delta(content=word) for word in ("سلام", "", "😀", "\ude00")),
        {"choices": {"0": 1}},
        {"choices": "x"},
        {"choices": [["delta"]]},
        delta(content="end", finish_reason="stop"),
        delta(1, finish_reason="length"),
    ]
    texts = [json.dumps(chunk) for chunk in chunks]
    texts.insert(5, "{broken")
    replies = []
    for size in (1, 2, 3, 7, len(texts)):
        reader, reply = ChunkReader(), Reply()
        for start in range(0, len(texts), size):
            for event in reader.read(texts[start : start + size]):
                reply.add(event)
        replies.append(
            ([(c.text, c.reasoning, c.finish_reason) for c in reply.choices], reply.usage, reply.raw, reply.skipped)
        )
    assert all(reply == replies[0] for reply in replies)
    assert replies[0][0][0][0].endswith("no indexwith usageسلام😀\ufffdend")
    assert replies[0][0][0][0].count("😀") == 2


def test_text_of_one_choice_in_a_batch_is_one_event():
    reader = ChunkReader()
    reader.read([json.dumps(delta(role="assistant", content=""))])
    batch = [json.dumps(delta(index, content=text)) for index, text in ((0, "a"), (0, "b"), (1, "c"), (0, "d"))]
    assert reader.read(batch) == [TextDelta("ab", 0), TextDelta("c", 1), TextDelta("d", 0)]
