"""The style sheet, as a front end gets it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


@cache
def style_sheet() -> str:
    """The element with the rules of ``panel.css``."""
    rules = Path(__file__).with_name("panel.css").read_text("utf-8")
    rules = re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)
    return f"<style>{' '.join(rules.split())}</style>"
