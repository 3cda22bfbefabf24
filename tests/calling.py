"""A scripted gateway whose model asks for tools: what each request gets, in order."""

import json

from loopback import Loopback


def call(name, arguments="{}", id="call_1", index=0):
    """A whole call, as a model sends one in a single fragment."""
    arguments = arguments if isinstance(arguments, str) else json.dumps(arguments)
    place = {} if index is None else {"index": index}
    known = {} if id is None else {"id": id}
    return {**place, **known, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*fragments, text="", finish="tool_calls"):
    """A step that asks for tools, a fragment in each event."""

    def answer(line):
        line.head()
        if text:
            line.delta(text)
        for fragment in fragments:
            line.event({"id": "l0g", "choices": [{"index": 0, "delta": {"tool_calls": [fragment]}}]})
        line.finish(finish)

    return answer


def saying(*texts):
    """A step that answers in words."""
    return lambda line: line.reply(*texts)


def scripted(*steps):
    """A gateway that gives each request the next step; the last one stays."""

    def answer(line, request):
        steps[min(gateway.posts, len(steps)) - 1](line)

    gateway = Loopback(answer)
    return gateway


def bodies(gateway):
    return [request.json for request in gateway.requests]
