"""The examples of the CommonMark specification as data: ``python make_examples.py spec.txt`` writes examples.json."""

import json
import re
import sys
from pathlib import Path

from markdown_it import MarkdownIt

# An example stands between fences of 32 backticks; a line with a single dot parts the Markdown from its HTML, and an
# arrow stands for a tab. Headings say which section an example belongs to.
_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$|^#{1,6} +([^\n]+)$", re.MULTILINE | re.DOTALL)
_WITH_HTML = MarkdownIt("commonmark")


def examples(spec):
    section = ""
    found = []
    for match in _EXAMPLE.finditer(spec):
        if match[3]:
            section = match[3]
            continue
        markdown, html = (match[part].replace("→", "\t") for part in (1, 2))
        example = {"number": len(found) + 1, "section": section, "markdown": markdown, "html": html}
        if has_raw_html(markdown):
            example["raw_html"] = True
        found.append(example)
    return found


def has_raw_html(markdown):
    tokens = _WITH_HTML.parse(markdown)
    return any(token.type.startswith("html_") for each in tokens for token in (each, *(each.children or ())))


if __name__ == "__main__":
    found = examples(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lines = ",\n".join(json.dumps(example, ensure_ascii=False, separators=(",", ":")) for example in found)
    Path(__file__).with_name("examples.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
