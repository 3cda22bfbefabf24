"""Chunks of a response to events.

A streamed chunk and a whole completion differ only in ``delta`` and ``message``, so one reader serves both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from .events import (
    Event,
    Facts,
    Finish,
    ListDelta,
    ReasoningDelta,
    RefusalDelta,
    ServerFault,
    TextDelta,
    Unreadable,
    UsageReport,
)
from .foreign_text import has_half_characters, whole_characters
from .usage import Usage

#: Values that one chunk may hold: each takes 60 bytes and more, though ``{}`` is two. A reply that comes whole, with
#: twenty alternatives for each of its tokens, has 300,000.
_MOST_VALUES = 1_000_000
_DECODER = json.JSONDecoder()
_TEXT_FIELDS: dict[str, type[TextDelta | ReasoningDelta | RefusalDelta]] = {
    "content": TextDelta,
    "reasoning": ReasoningDelta,
    "reasoning_content": ReasoningDelta,
    "refusal": RefusalDelta,
}
_LIST_FIELDS = ("images", "annotations", "tool_calls", "reasoning_details")


class ChunkReader:
    """Turns the data strings of one response into events. One reader per response: it joins split characters."""

    def __init__(self) -> None:
        self._split: dict[tuple[type, int], str] = {}
        self._facts: dict[str, Any] = {}
        self._plain_length = 0  # how many fields a chunk has that brings nothing but text

    def read(self, data: Iterable[str]) -> list[Event]:
        """The events of some chunks; text that follows text of the same choice is one event.

        A chunk that makes no sense gives :class:`Unreadable`, never an exception.
        """
        events: list[Event] = []
        for text in data:
            chunk = _parsed(text)
            if not isinstance(chunk, dict):
                events.append(Unreadable())
            elif not self._read_plain_text(chunk, events):
                events += self.read_chunk(chunk)
        return events

    def _read_plain_text(self, chunk: dict[str, Any], events: list[Event]) -> bool:
        """Take in a chunk that only carries more text of an answer, as almost all do; a short way for them."""
        try:
            (choice,) = chunk["choices"]
            delta = choice["delta"]
            text, index = delta["content"], choice["index"]
            only_text = len(delta) == 1 or (len(delta) == 2 and "role" in delta)
            more = choice.get("finish_reason") or choice.get("logprobs") or chunk.get("usage")
            if more or "error" in chunk or not only_text:
                return False
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        if type(text) is not str or type(index) is not int or self._split or len(chunk) != self._plain_length:
            return False
        if has_half_characters(text):
            return False
        if events and type(events[-1]) is TextDelta and events[-1].choice == index:
            events[-1].text += text
        elif text:
            events.append(TextDelta(text, index))
        return True

    def read_chunk(self, chunk: Mapping[str, Any]) -> list[Event]:
        """The events of one chunk or of a whole completion."""
        events: list[Event] = []
        choices = chunk.get("choices")
        for position, choice in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(choice, Mapping):
                self._read_choice(choice, position, events)
        facts = _whole({key: value for key, value in chunk.items() if key not in ("choices", "usage", "error")})
        self._plain_length = len(facts) + 1
        if facts != self._facts:
            self._facts = facts
            events.append(Facts(facts))
        usage = Usage.from_json(chunk.get("usage"))
        if usage != Usage():
            events.append(UsageReport(usage))
        if chunk.get("error"):
            # It says more than the finish reason that may come with it.
            events[:] = [event for event in events if not isinstance(event, ServerFault)]
            events.append(_fault(chunk["error"]))
        return events

    def _read_choice(self, choice: Mapping[str, Any], position: int, events: list[Event]) -> None:
        index = choice.get("index", position)
        if type(index) is not int or index < 0:
            index = position
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            for name, kind in _TEXT_FIELDS.items():
                value = delta.get(name)
                if value and not (name == "reasoning_content" and delta.get("reasoning")):
                    text = self._whole_characters(_text_of(value), kind, index)
                    if text:
                        events.append(kind(text, index))
            _read_lists(delta, index, events)
        logprobs = choice.get("logprobs")
        if isinstance(logprobs, Mapping):
            _append_entries("logprobs", logprobs.get("content"), index, events)
        reason = choice.get("finish_reason")
        if not isinstance(reason, str) or not reason:
            return
        events.extend(self._left_over(index))
        if reason == "error":
            events.append(_fault(choice.get("error") or "the model's provider reported an error"))
        else:
            events.append(Finish(whole_characters(reason), index))

    def _whole_characters(self, text: str, kind: type, index: int) -> str:
        """Join a surrogate pair that was split over two deltas; a lone half becomes U+FFFD."""
        text = self._split.pop((kind, index), "") + text
        if "\ud800" <= text[-1:] <= "\udbff":
            self._split[kind, index] = text[-1]
            text = text[:-1]
        return whole_characters(text)

    def _left_over(self, index: int) -> list[Event]:
        halves = [key for key in self._split if key[1] == index]
        for key in halves:
            del self._split[key]
        return [kind("\ufffd", index) for kind, _ in halves]


def _read_lists(delta: Mapping[str, Any], index: int, events: list[Event]) -> None:
    for name in _LIST_FIELDS:
        _append_entries(name, delta.get(name), index, events)
    call = delta.get("function_call")  # the older form, of which a reply holds one
    if isinstance(call, dict) and not delta.get("tool_calls"):
        _append_entries("tool_calls", [{"index": 0, "type": "function", "function": call}], index, events)
    content = delta.get("content")
    if isinstance(content, list):
        images = [part for part in content if isinstance(part, Mapping) and part.get("type") == "image_url"]
        _append_entries("images", images, index, events)


def _append_entries(name: str, entries: Any, index: int, events: list[Event]) -> None:
    kept = [_whole(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    if kept:
        events.append(ListDelta(name, kept, index))


def _text_of(content: Any) -> str:
    """The text of ``content``: a string, or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, Mapping) else part for part in content)
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def _parsed(text: str) -> Any:
    """The JSON value, or ``None`` where there is none, or where it would take many times the memory of its text."""
    if len(text) > _MOST_VALUES and sum(text.count(mark) for mark in "{[,") > _MOST_VALUES:
        return None
    try:
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(text)  # slower, but it allows white space around the value
    except (ValueError, RecursionError):
        return None


def _whole(value: Any, depth: int = 20) -> Any:
    """``value`` without half characters in any of its texts, and without what is nested deeper than ``depth``."""
    if isinstance(value, str):
        return whole_characters(value)
    if not isinstance(value, (list, dict)):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [_whole(item, depth - 1) for item in value]
    return {whole_characters(key): _whole(item, depth - 1) for key, item in value.items()}


def _fault(error: Any) -> ServerFault:
    if isinstance(error, Mapping):
        code = error.get("code")
        message = error.get("message") or "the server reported an error"
        return ServerFault(whole_characters(str(message)), "" if code is None else whole_characters(str(code)))
    return ServerFault(whole_characters(str(error)))
