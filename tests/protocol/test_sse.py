"""The event-stream decoder, at every place where a network may cut the bytes."""

import random
import re
import sys
import tracemalloc

import pytest

from liara_magic.protocol.sse import EVENT_LIMIT, IMAGE_EVENT_LIMIT, EventStreamDecoder, EventTooLarge

OTHER_SEPARATORS = "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg"
PERSIAN = "سلام، دنیا! می‌خواهم ۱۲٫۵ ریال"
STREAMS = {
    "one event": (b"data: hello\n\n", ["hello"]),
    "lines end at CR": (b"data: a\r\rdata: b\r\r", ["a", "b"]),
    "lines end at CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]),
    "all line ends mixed": (b"data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r", ["a\nb\nc", "d"]),
    "CR CR LF is two ends": (b"data: a\r\r\ndata: b\n\n", ["a", "b"]),
    "LF CR is two ends": (b"data: a\n\rdata: b\n\n", ["a", "b"]),
    "Persian": (f"data: {PERSIAN}\n\n".encode(), [PERSIAN]),
    "four-byte characters": ("data: 😀👩‍👩‍👧\n\n".encode(), ["😀👩‍👩‍👧"]),
    "separators of other standards": (f"data: {OTHER_SEPARATORS}\n\n".encode(), [OTHER_SEPARATORS]),
    "a BOM first": (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
    "a second BOM is data": (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", ["b"]),
    "a BOM later is data": (b"data: a\n\n\xef\xbb\xbfdata: b\n\ndata: \xef\xbb\xbfc\n\n", ["a", "\ufeffc"]),
    "half a BOM is no BOM": (b"\xef\xbbdata: a\n\ndata: b\n\n", ["b"]),
    "comments": (b": ping\n\n:\n:: \ndata: a\n: in between\ndata: b\n\n", ["a\nb"]),
    "a comment that looks like data": (b":data: no\n\ndata: yes\n\n", ["yes"]),
    "several data lines": (b"data: a\ndata:\ndata: c\n\n", ["a\n\nc"]),
    "data without a colon": (b"data\n\n", [""]),
    "two of them": (b"data\ndata\n\n", ["\n"]),
    "empty data": (b"data:\n\ndata: \n\n", ["", ""]),
    "one space is dropped": (b"data:  two\n\ndata:none\n\ndata:\ttab\n\n", [" two", "none", "\ttab"]),
    "colons in data": (b"data: a: b\n\ndata::\n\n", ["a: b", ":"]),
    "other fields": (b"event: x\nid: 1\nretry: 10\nfoo: bar\nfoo\ndata: a\nid\n\nevent: y\n\n", ["a"]),
    "names are exact": (b"Data: a\n data: b\ndata : c\ndatax: d\ndat\n\n", []),
    "blank lines alone": (b"\n\n\r\r\r\n\r\n", []),
    "no blank line at the end": (b"data: a\n\ndata: lost\n", ["a"]),
    "no line end at the end": (b"data: a\n\ndata: lost", ["a"]),
    "NUL": (b"data: a\x00b\n\n", ["a\x00b"]),
    "invalid UTF-8": (b"data: a\xff\xc0b\n\ndata: c\n\n", ["a\ufffd\ufffdb", "c"]),
    "truncated UTF-8 before a line end": (b"data: a\xe2\x82\ndata: b\n\n", ["a\ufffd\nb"]),
    "truncated UTF-8 before CRLF": (b"data: \xf0\x9f\x98\r\n\r\ndata: b\r\n\r\n", ["\ufffd", "b"]),
    "an encoded surrogate": (b"data: \xed\xa0\x80\n\n", ["\ufffd\ufffd\ufffd"]),
    "overlong": (b"data: \xc0\x8a\n\n", ["\ufffd\ufffd"]),
    "a gateway's stream": (
        b': OPENROUTER PROCESSING\n\ndata: {"a":"\xd8\xb3"}\n\n: OPENROUTER PROCESSING\n\ndata: [DONE]\n\n',
        ['{"a":"س"}', "[DONE]"],
    ),
}  # fmt: skip


def decoded(*pieces):
    decoder = EventStreamDecoder()
    return [data for piece in pieces for data in decoder.feed(piece)]


def in_pieces(stream, size):
    return [stream[start : start + size] for start in range(0, len(stream), size)]


@pytest.fixture(params=STREAMS.values(), ids=STREAMS.keys())
def stream(request):
    return request.param


def test_a_stream_in_one_piece(stream):
    sent, expected = stream
    assert decoded(sent) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 16])
def test_a_stream_in_equal_pieces(stream, size):
    sent, expected = stream
    assert decoded(*in_pieces(sent, size)) == expected


def test_a_stream_cut_in_two_at_every_byte(stream):
    sent, expected = stream
    for cut in range(len(sent) + 1):
        assert decoded(sent[:cut], sent[cut:]) == expected, f"cut at {cut}"


def test_a_stream_with_empty_pieces_in_between(stream):
    sent, expected = stream
    assert decoded(*(part for byte in in_pieces(sent, 1) for part in (b"", byte, b""))) == expected


def by_the_standard(stream):
    text = stream.decode("utf-8", "replace").removeprefix("\ufeff")
    events, data = [], ""
    for line in re.split("\r\n|\n|\r", text)[:-1]:
        name, _, value = line.partition(":")
        if not line:
            events += [data[:-1]] if data else []
            data = ""
        elif name == "data":
            data += value.removeprefix(" ") + "\n"
    return events


@pytest.mark.parametrize("seed", range(40))
def test_random_streams_are_read_as_the_standard_says(seed):
    chance = random.Random(seed)
    words = [b"data", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"data: ", "س".encode(), b"\xe2\x80", b"\xa8", b"id"]
    sent = b"".join(chance.choices([*words, b"x", b"\xef\xbb\xbf"], k=300))
    pieces, rest = [], sent
    while rest:
        size = chance.randint(1, 9)
        pieces.append(rest[:size])
        rest = rest[size:]
    assert decoded(*pieces) == by_the_standard(sent)


def test_an_event_is_given_out_with_the_byte_that_completes_it():
    decoder = EventStreamDecoder()
    assert decoder.feed(b"data: a\r\n") == []
    assert decoder.feed(b"\r") == ["a"]
    assert decoder.feed(b"\n") == []


def test_several_events_in_one_piece_keep_their_order():
    assert decoded(b"".join(b"data: %d\n\n" % number for number in range(100))) == [str(n) for n in range(100)]


# Limits


def small():
    return EventStreamDecoder(event_limit=100, image_event_limit=1000)


def limit_reached(decoder, pieces):
    """The limit that stopped the stream, and how many bytes had been fed."""
    fed = 0
    with pytest.raises(EventTooLarge) as stopped:
        for piece in pieces:
            fed += len(piece)
            decoder.feed(piece)
    return stopped.value.limit, fed


def test_the_usual_limits():
    assert (EVENT_LIMIT, IMAGE_EVENT_LIMIT) == (8 * 2**20, 64 * 2**20)
    assert "8 MB" in str(EventTooLarge(EVENT_LIMIT))


@pytest.mark.parametrize("size", [1, 7, 5000])
def test_a_line_without_end_is_stopped_at_the_limit(size):
    limit, fed = limit_reached(small(), in_pieces(b"data: " + b"x" * 5000, size))
    assert limit == 100
    assert fed <= 100 + size


def test_a_comment_without_end_is_stopped_too():
    assert limit_reached(small(), [b":"] * 5000) == (100, 101)


@pytest.mark.parametrize("line", [b"data:\n", b"data\n", b"data: \r\n", b"data: word\n"])
def test_endless_data_lines_are_stopped(line):
    limit, fed = limit_reached(small(), [line] * 5000)
    assert limit == 100
    assert fed <= 300


def test_the_limit_counts_bytes_and_not_characters():
    line = ("data: " + "س" * 10 + "\n").encode()
    _, fed = limit_reached(small(), [line] * 50)
    assert fed <= 100 + 2 * len(line)


@pytest.mark.parametrize("size", [1, 3, 90, 5000])
def test_an_event_with_an_image_may_be_larger(size):
    decoder, sent = small(), b'data: {"url":"data:image/png;base64,' + b"x" * 800 + b'"}\n\n'
    events = [data for piece in in_pieces(sent, size) for data in decoder.feed(piece)]
    assert events == [sent[6:-2].decode()]


def test_an_image_mark_in_an_earlier_line_of_the_event_counts():
    decoder = small()
    decoder.feed(b"data: data:image/png;base64,\n")
    assert decoder.feed(b"data: " + b"x" * 500) == []


@pytest.mark.parametrize("size", [1, 64])
def test_an_event_with_an_image_has_a_limit_of_its_own(size):
    limit, fed = limit_reached(small(), in_pieces(b"data: data:image/png;base64," + b"x" * 9000, size))
    assert limit == 1000
    assert 1000 < fed <= 1000 + size


@pytest.mark.parametrize(
    "before",
    [b"data: data:image/" + b"x" * 200 + b"\n\n", b": data:image/" + b"x" * 200 + b"\n\n"],
    ids=["an image", "a comment about one"],
)
def test_an_image_raises_the_limit_of_its_own_event_only(before):
    sent = before + b"data: " + b"y" * 900
    limit, _ = limit_reached(small(), in_pieces(sent, 1))
    assert limit == 100


def test_finished_events_and_comments_use_up_no_limit():
    decoder = small()
    assert decoder.feed(b"data: 0123456789\n\n: ping\n\n" * 500) == ["0123456789"] * 500
    for _ in range(500):
        decoder.feed(b": ping\n\n")


# Work


def calls_for(pieces):
    counted, decoder, before = [0], EventStreamDecoder(), sys.getprofile()
    sys.setprofile(lambda *_: counted.__setitem__(0, counted[0] + 1))
    try:
        for piece in pieces:
            decoder.feed(piece)
    finally:
        sys.setprofile(before)
    return counted[0]


@pytest.mark.parametrize("unit", [b"x", b"\n", b"\r", b"data\n", b"data: x\n\n"])
def test_twice_the_bytes_are_twice_the_steps(unit):
    once, twice = (calls_for(in_pieces(b"data: " + unit * count, 1)) for count in (1000, 2000))
    assert twice <= 2 * once + 20


@pytest.mark.parametrize(
    ("decoder", "held"),
    [
        (EventStreamDecoder(), b"data: " + b"x" * 2**20),
        (EventStreamDecoder(), (b"data: " + b"x" * 1018 + b"\n") * 1024),
        (EventStreamDecoder(event_limit=1000), b"data: data:image/png;base64," + b"x" * 2**20),
    ],
    ids=["an open line", "finished lines", "an image past the smaller limit"],
)
def test_one_more_byte_copies_nothing_of_what_is_held(decoder, held):
    decoder.feed(held)
    decoder.feed(b"x")
    tracemalloc.start()
    try:
        decoder.feed(b"x")
        _, copied = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert copied < 10_000
