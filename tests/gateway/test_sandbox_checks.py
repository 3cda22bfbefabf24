"""What the sandbox accepts and refuses, asked by a plain HTTP client: the page's fields, a stream's bytes."""

import asyncio
import json

import httpx
import pytest

from liara_magic.gateway.sandbox import SandboxTransport

HI = [{"role": "user", "content": "hi"}]


def post(body):
    """One request to the sandbox as any HTTP client would make it."""

    async def send():
        async with httpx.AsyncClient(transport=SandboxTransport()) as client:
            content = body if isinstance(body, bytes) else json.dumps(body)
            return await client.post("sandbox://liara/v1/chat/completions", content=content)

    return asyncio.run(send())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", 2.1),
        ("temperature", "hot"),
        ("temperature", None),
        ("top_p", -0.1),
        ("top_k", 1.5),
        ("frequency_penalty", -3),
        ("presence_penalty", True),
        ("repetition_penalty", 2.5),
        ("max_tokens", 0),
        ("max_completion_tokens", "many"),
        ("n", 0),
        ("seed", "x"),
        ("stop", ["a", "b", "c", "d", "e"]),
        ("stop", []),
        ("stop", [1]),
        ("logit_bias", {"1": 101}),
        ("logprobs", "yes"),
        ("min_p", 2),
        ("top_a", -1),
        ("reasoning", "low"),
        ("modalities", ["smell"]),
        ("functions", {}),
        ("tools", "none"),
        ("tool_choice", "maybe"),
        ("parallel_tool_calls", 1),
        ("response_format", "json"),
        ("store", "no"),
        ("user", 5),
        ("stream", "yes"),
    ],
)
def test_a_field_that_the_page_does_not_allow_is_refused_by_name(field, value):
    response = post({"model": "sandbox/echo", "messages": HI, field: value})
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == 400
    assert field in error["message"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", "object"),
        (b'"x"', "object"),
        (b"\xff", ""),
        ({}, "model"),
        ({"model": "sandbox/echo"}, "messages"),
        ({"model": "sandbox/echo", "messages": []}, "messages"),
        ({"model": "", "messages": HI}, "model"),
        ({"model": 5, "messages": HI}, "model"),
        ({"model": "sandbox/echo", "messages": "hi"}, "messages"),
        ({"model": "sandbox/echo", "messages": ["hi"]}, "messages"),
        ({"model": "sandbox/echo", "messages": [{"content": "hi"}]}, "messages[0].role"),
        ({"model": "sandbox/echo", "messages": [*HI, {"role": "boss", "content": "hi"}]}, "messages[1].role"),
        ({"model": "sandbox/echo", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"model": "sandbox/echo", "messages": [{"role": "user", "content": "x", "name": None}]}, "messages[0].name"),
        (
            {"model": "sandbox/echo", "messages": [{"role": "assistant", "content": "x", "refusal": None}]},
            "messages[0].refusal",
        ),
        ({"model": "sandbox/echo", "messages": HI, "max_tokens": 5, "max_completion_tokens": 5}, "exclude"),
        ({"model": "sandbox/echo", "messages": HI, "reasoning": {}, "reasoning_effort": "low"}, "exclude"),
        ({"model": "sandbox/echo", "messages": HI, "stream_options": {}}, "stream"),
        ({"model": "sandbox/echo", "messages": HI, "top_logprobs": 3}, "logprobs"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(body, named):
    response = post(body)
    assert response.status_code == 400
    assert named in response.json()["error"]["message"]


@pytest.mark.parametrize(
    "content",
    ["hi", [{"type": "text", "text": "hi"}], [{"type": "image_url", "image_url": {"url": "data:,"}}, {"text": "hi"}]],
)
def test_parts_are_understood(content):
    response = post({"model": "sandbox/echo", "messages": [{"role": "user", "content": content}]})
    assert response.json()["choices"][0]["message"]["content"] == "hi"


def test_the_bytes_of_a_stream_are_an_event_stream():
    response = post(
        {"model": "sandbox/echo", "messages": HI, "stream": True, "stream_options": {"include_usage": True}}
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = response.text.split("\n\n")
    assert blocks[0].startswith(":")
    assert blocks[-2:] == ["data: [DONE]", ""]
    chunks = [json.loads(block.removeprefix("data: ")) for block in blocks[1:-2]]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"]["total_cost_toman"] > 0
