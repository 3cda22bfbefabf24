"""The whole collection of hostile texts, packed into a few replies: one for each place where a text can stand."""

from payloads import CONTEXTS, PAYLOADS

#: Every reply ends with a formula: where it is typeset, the page has done all that it does with the output.
END = "the end $e^{i\\pi}$"
# Each with references of its own: in one text the first definition of a name would serve them all.
EVERYTHING = [
    payload.replace("[r]", f"[r{number}]")
    for number, payload in enumerate(payload for family in PAYLOADS.values() for payload in family)
]
#: A few of every kind, short enough for the words of an error.
_SHORT = [" ".join(payload.split()) for payload in EVERYTHING if len(payload) < 90]
SENTENCES = ["It went wrong: " + " ".join(_SHORT[start::60])[:270] for start in (0, 7, 14)]


def _footnote(payload):
    return "words[^1]\n\n[^1]: " + payload.replace("\n", "\n    ")


_PLACES = {**CONTEXTS, "in a footnote": _footnote}
#: The replies that hold every payload, each after a paragraph of its own that numbers it.
WITH_ALL = tuple(_PLACES)


def numbers(place):
    """Of the payloads that can stand there: no fence has a backtick in its info."""
    return [number for number, one in enumerate(EVERYTHING) if place != "as fence info" or "`" not in one]


def packed(place):
    """All of them in one Markdown text."""
    blocks = [f"m{number:03d}\n\n{_PLACES[place](EVERYTHING[number])}" for number in numbers(place)]
    return "\n\n".join([*blocks, END])


def _of_text(text):
    def script(line):
        line.head()
        for start in range(0, len(text), 4000):
            line.delta(text[start : start + 4000])
        line.finish()

    return script


def _of_deltas(*deltas, model="test/model", reason="stop"):
    def script(line):
        line.head()
        for delta in [*deltas, {"content": END}]:
            line.event({"model": model, "choices": [{"index": 0, "delta": delta}]})
        line.event({"model": model, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        line.event("[DONE]")

    return script


def _beside_an_answer():
    pages = [{"url_citation": {"url": f"https://ok.example/{text}", "title": text}} for text in EVERYTHING]
    calls = [{"index": i, "function": {"name": text, "arguments": text}} for i, text in enumerate(EVERYTHING)]
    images = [{"image_url": {"url": text}} for text in EVERYTHING]
    return _of_deltas({"annotations": pages}, {"tool_calls": calls}, {"images": images}, reason="tool_calls")


def _of_error(words):
    return lambda line: line.answer_json({"error": {"message": words, "code": words}}, "400 Bad Request")


def _of_error_after_words(words):
    def script(line):
        line.head()
        line.delta(END)
        line.event({"error": {"message": words, "code": words}})

    return script


#: Name of a reply -> how the gateway gives it. Those that fail raise in their cell.
REPLIES = {
    **{place: _of_text(packed(place)) for place in _PLACES},
    "as reasoning": _of_deltas({"reasoning": packed("alone")}),
    "as the model's name": _of_deltas(model=" ".join(EVERYTHING)),
    "beside an answer": _beside_an_answer(),
    **{f"as an error, {number}": _of_error(words) for number, words in enumerate(SENTENCES)},
    **{f"as a late error, {number}": _of_error_after_words(words) for number, words in enumerate(SENTENCES)},
}
#: How many of them end with the formula.
ENDS = len(REPLIES) - len(SENTENCES)
