"""What of a reply is shown, as Markdown source."""

from __future__ import annotations

import math
import re
from typing import Any

from ..protocol.foreign_text import clean
from ..protocol.reply import Choice, Reply
from .markdown import closed, plain

#: Tokens whose probabilities are listed.
_MOST_LOGPROBS = 200


def live_text(reply: Reply) -> str:
    """What is shown while the reply comes: the first choice's answer, or its refusal, without control characters."""
    return clean(reply.text or reply.refusal)


def document(reply: Reply) -> str:
    """The whole reply: its answer, or each of several under a number, with sources, images and calls."""
    if len(reply.choices) < 2:
        return "".join(_choice(choice) for choice in reply.choices)
    return "\n\n".join(f"### {number}\n\n{closed(_choice(choice))}" for number, choice in enumerate(reply.choices, 1))


def _choice(choice: Choice) -> str:
    answer = clean(choice.text)
    if choice.refusal:
        answer += f"{_gap(answer)}**The model declined:** {clean(choice.refusal)}"
    parts = [part for part in (_sources(choice), _images(choice), _calls(choice), _logprobs(choice)) if part]
    for part in parts:
        answer = closed(answer)
        answer += _gap(answer) + part
    return answer


def _gap(before: str) -> str:
    return "\n\n" if before else ""


def _sources(choice: Choice) -> str:
    """The pages that the answer cites, as a numbered list."""
    cited = [entry.get("url_citation") for entry in choice.annotations]
    pages = {str(page["url"]): page for page in cited if isinstance(page, dict) and page.get("url")}
    lines = [f"{number}. [{_label(page)}](<{_target(url)}>)" for number, (url, page) in enumerate(pages.items(), 1)]
    return "**Sources**\n\n" + "\n".join(lines) if lines else ""


def _label(page: dict[str, Any]) -> str:
    words = " ".join(clean(str(page.get("title") or page["url"])).split())
    return plain(words)


def _target(url: str) -> str:
    return clean(url).replace("<", "%3C").replace(">", "%3E").replace("\n", "").replace("\\", "%5C")


def _images(choice: Choice) -> str:
    """A line for each image; the data is in ``reply.images``."""
    lines = []
    for number, entry in enumerate(choice.images):
        record = entry.get("image_url")
        url = str(record.get("url", "")) if isinstance(record, dict) else ""
        kind = re.sub(r"[^\w/+.-]", "", url[5:40].partition(";")[0]) if url.startswith("data:") else "a link"
        lines.append(f"- image {number + 1}: `{kind}`, {len(url) * 3 // 4:,} bytes, in `reply.images[{number}]`")
    return "\n".join(lines)


def _calls(choice: Choice) -> str:
    lines = (f"{clean(call.name)}({clean(call.arguments)})".replace("`", "'") for call in choice.tool_calls)
    return "\n".join(f"- asks for `{' '.join(line.split())}`" for line in lines)


def _logprobs(choice: Choice) -> str:
    """How likely each token was, in per cent, with its alternatives."""
    rows = []
    for entry in choice.logprobs[:_MOST_LOGPROBS]:
        others = entry.get("top_logprobs")
        alternatives = (
            [_token(other) for other in others if isinstance(other, dict)] if isinstance(others, list) else []
        )
        rows.append(f"| {_token(entry)} | {' · '.join(alternatives)} |")
    left = len(choice.logprobs) - len(rows)
    more = f"\n\nand {left:,} more tokens in `reply.choices[{choice.index}].logprobs`" if left > 0 else ""
    return "| token | alternatives |\n| --- | --- |\n" + "\n".join(rows) + more if rows else ""


def _token(entry: dict[str, Any]) -> str:
    text = clean(str(entry.get("token", ""))).replace("`", "'").replace("|", "\\|").replace("\n", "⏎") or " "
    value = entry.get("logprob")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value <= 0:
        return f"`{text}` {math.exp(max(value, -1000)):.0%}"
    return f"`{text}`"
