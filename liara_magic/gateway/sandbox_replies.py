"""What the sandbox's models say. Deterministic, about the request itself, in the language of the prompt."""

from __future__ import annotations

import base64
import json
import math
import re
import struct
import zlib
from typing import Any

from ..protocol.parameters import REQUIRED
from .sandbox_code import EXAMPLE, code_for, corrected, table_in
from .sandbox_parts import pictures
from .sandbox_values import json_value

_PERSIAN = re.compile("[\u0600-\u06ff]")
_CODE = f"```python\n{EXAMPLE}\n```"
# How the package asks for an answer that is code alone, whatever else its system prompt says.
_CODE_ONLY = re.compile(r"\bcode only\b", re.IGNORECASE)

#: What ``sandbox/reasoning`` thinks before it answers.
REASONING = """The sandbox does not think; it shows what thinking looks like.

1. These words come as **reasoning**, before the answer, and are seen while they come.
2. When the answer begins they fold into one line, with their tokens and seconds.
3. They are never sent back with the next request, and they are paid like any others.

Now the answer.
"""
_WIDTH, _HEIGHT = 240, 120  # pixels


def picture() -> dict[str, Any]:
    """The image of ``sandbox/image``, as the API brings one: a PNG made here, of colours that run into each other."""
    rows = b"".join(b"\0" + b"".join(bytes((x, 120, 255 - 2 * y)) for x in range(_WIDTH)) for y in range(_HEIGHT))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}}


def token_logprob(piece: str, alternatives: int) -> dict[str, Any]:
    """How likely the sandbox says that ``piece`` was: by its letters alone, always the same."""
    probability = 0.05 + zlib.crc32(piece.encode()) % 95 / 100
    likely = [(piece, probability), *((f"{piece}{mark}", (1 - probability) / 2) for mark in "?!…")][:alternatives]
    others = [{"token": token, "logprob": math.log(max(value, 0.001))} for token, value in likely]
    return {"token": piece, "logprob": math.log(probability), "bytes": list(piece.encode()), "top_logprobs": others}


def answer(body: dict[str, Any]) -> str:
    """The reply to a request body: the prompt for ``sandbox/echo``, else JSON or code if asked for it, or a lesson."""
    prompt = _prompt(body)
    if body["model"] == "sandbox/echo":
        return prompt
    form = body.get("response_format") or {}
    if body["model"] == "sandbox/json" or form.get("type") in ("json_object", "json_schema"):
        return _json(body, form, prompt)
    if _CODE_ONLY.search("\n".join(_text(one) for one in body["messages"] if one["role"] == "system")):
        text = _everything(body)
        return f"```python\n{corrected(text) or code_for(text, prompt)}\n```"
    return _lesson_in_persian(body, prompt) if _PERSIAN.search(prompt) else _lesson(body, prompt)


def pieces(text: str) -> list[str]:
    """``text`` in pieces of about a token, as a model would send it."""
    return re.findall(r"\s*\S{1,6}|\s+", text)


def long_text(size: int) -> str:
    """About ``size`` bytes of ordinary Markdown: headings, paragraphs, lists, tables, code."""
    sections, length = ["This is the sandbox: a long reply, to see how one looks and scrolls.\n"], 0
    while length < size:
        number = len(sections)
        section = (
            f"## Part {number}\n\nParagraph {number} explains **one idea** at the length that models like, with `code` "
            f"in a line and a second sentence that goes on for long, so that it wraps.\n\n"
            f"- first point of part {number}\n- second point, with *emphasis*\n- third point\n\n"
            f"| item | value |\n| --- | ---: |\n| a{number} | {number * 7} |\n| b{number} | {number * 11} |\n\n"
            f"{_CODE}\n"
        )
        sections.append(section)
        length += len(section.encode())
    return "\n".join(sections)


def _json(body: dict[str, Any], form: dict[str, Any], prompt: str) -> str:
    """A value that the schema of the request allows; without one an object about the request itself."""
    schema = (form.get("json_schema") or {}).get("schema")
    about = {"sandbox": True, "prompt": _first_words(prompt), "messages": len(body["messages"])}
    value = json_value(schema, _everything(body)) if isinstance(schema, dict) else about
    return json.dumps(value, ensure_ascii=False, indent=2)


def _prompt(body: dict[str, Any]) -> str:
    return next((_text(message) for message in reversed(body["messages"]) if message["role"] == "user"), "")


def _everything(body: dict[str, Any]) -> str:
    """What the person's side of the conversation says."""
    return "\n".join(_text(message) for message in body["messages"] if message["role"] == "user")


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(part["text"] for part in content if isinstance(part.get("text"), str))
    return str(content or "")


def _about_table(body: dict[str, Any], words: str) -> str:
    """A line on the table that came along; empty if none did."""
    table = table_in(_everything(body))
    if table is None:
        return ""
    return f"- {words.format(name=table.name, columns=', '.join(f'`{name}`' for name in table.columns))}\n"


def _about_pictures(body: dict[str, Any], words: str) -> str:
    """A line for each picture that came with the prompt."""
    came = [message for message in body["messages"] if message["role"] == "user"][-2:]
    sizes = (size for message in came for size in pictures(message))
    return "".join(f"- {words.format(width=width, height=height)}\n" for width, height in sizes)


def _code(body: dict[str, Any], prompt: str) -> str:
    return f"```python\n{code_for(_everything(body), prompt)}\n```"


def _lesson(body: dict[str, Any], prompt: str) -> str:
    messages = body["messages"]
    return f"""This is the **sandbox**, liara_magic's built-in offline gateway: no key, no network, no charge. \
You asked: “{_first_words(prompt)}”

What really arrived here:

{_table(body, ("what", "how much"), ("messages", "of them from you", "characters in your prompt", "parameters"))}

{_about_table(body, "The table `{name}` came along, with the columns {columns}.")}\
{_about_pictures(body, "A picture came along, of {width} × {height} pixels; the sandbox does not look at it.")}\
- The whole conversation travels with each request: {len(messages)} messages this time.
- A real model would answer in place of this text; everything else you see is as it will be.
- The cost below the reply follows the sandbox's own tariff, 0.02 toman for a token sent and 0.08 for one received. \
Nothing is charged.
- Choose a real one with `%liara /model openai/gpt-5`, after `%liara /login`.

A formula, since people ask for them: the mean is $\\bar{{x}} = \\frac{{1}}{{n}} \\sum_{{i=1}}^{{n}} x_i$. And as code:

{_code(body, prompt)}
"""


def _lesson_in_persian(body: dict[str, Any], prompt: str) -> str:
    messages = body["messages"]
    return f"""این **sandbox** است: درگاه آزمایشی و آفلاین liara_magic؛ بدون کلید، بدون شبکه و بدون هزینه. \
پرسش شما: «{_first_words(prompt)}»

آنچه واقعاً به اینجا رسید:

{_table(body, ("چه چیزی", "چه اندازه"), ("پیام‌ها", "پیام‌های شما", "نویسه‌های پرسش", "پارامترها"))}

{_about_table(body, "جدول `{name}` همراه پرسش رسید، با ستون‌های {columns}")}\
{_about_pictures(body, "یک تصویر با {width} × {height} پیکسل رسید؛ sandbox آن را نمی‌بیند.")}\
- با هر درخواست همهٔ گفتگو فرستاده می‌شود؛ این بار {len(messages)} پیام.
- یک مدل واقعی به‌جای این متن پاسخ می‌دهد و بقیه همان است که می‌بینید.
- هزینهٔ زیر پاسخ با تعرفهٔ خود sandbox است: ۰٫۰۲ تومان برای هر توکن ارسالی و ۰٫۰۸ برای هر توکن دریافتی. \
چیزی کم نمی‌شود.
- برای انتخاب مدل واقعی، پس از `%liara /login` بنویسید: `%liara /model openai/gpt-5`

یک فرمول: میانگین برابر است با $\\bar{{x}} = \\frac{{1}}{{n}} \\sum_{{i=1}}^{{n}} x_i$ و همان به زبان پایتون:

{_code(body, prompt)}
"""


def _table(body: dict[str, Any], head: tuple[str, str], names: tuple[str, str, str, str]) -> str:
    messages = body["messages"]
    parameters = [f"`{name}={body[name]!r}`" for name in body if name not in (*REQUIRED, "stream", "stream_options")]
    values = (
        len(messages),
        sum(message["role"] == "user" for message in messages),
        len(_prompt(body)),
        ", ".join(parameters).replace("|", "\\|") or "—",
    )
    rows = [f"| {name} | {value} |" for name, value in zip(names, values, strict=True)]
    return "\n".join([f"| {head[0]} | {head[1]} |", "| --- | --- |", *rows])


def _first_words(prompt: str) -> str:
    words = " ".join(prompt.split())
    return words if len(words) <= 80 else words[:79] + "…"
