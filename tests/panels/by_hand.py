"""What a browser does with the panel's widgets: find, click, type, press Enter. And waiting for what comes of it."""

import re
import threading
import time
from html import unescape


def until(condition, seconds=20):
    """Wait until ``condition()`` holds; returns what it gave."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (given := condition()):
        assert time.monotonic() < deadline, "it did not come to that"
        pause.wait(0.005)
    return given


def words(html):
    """The text of HTML of ours."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", html, flags=re.DOTALL))


class ByHand:
    """The widgets of a panel, as a person sees them."""

    def __init__(self, panel):
        self.panel = panel

    def widgets(self, inside=None):
        """All that are shown, in their order."""
        root = inside or self.panel.root
        found = [root]
        for child in getattr(root, "children", ()):
            found += self.widgets(child)
        return found

    def all(self, name, inside=None):
        """Those with the CSS class ``liara-name``."""
        return [one for one in self.widgets(inside) if f"liara-{name}" in one._dom_classes]

    def one(self, name, inside=None):
        found = self.all(name, inside)
        assert len(found) == 1, (name, found)
        return found[0]

    def labelled(self, label):
        return next(one for one in self.widgets() if getattr(one, "description", "") == label)

    def has(self, label):
        return any(getattr(one, "description", "") == label for one in self.widgets())

    def text(self, name=None):
        """What is read in the panel, or in the parts with a class."""
        parts = self.widgets() if name is None else [w for one in self.all(name) for w in self.widgets(one)]
        return "\n".join(words(one.value) for one in parts if "HTML" in type(one).__name__)

    def turns(self):
        """The text of each turn that is shown."""
        boxes = self.all("turn")
        return ["\n".join(words(w.value) for w in self.widgets(box) if "HTML" in type(w).__name__) for box in boxes]

    def click(self, label):
        button = until(lambda: self.has(label) and self.labelled(label))
        if type(button).__name__ == "ToggleButton":
            button.set_state({"value": not button.value})
        else:
            button._handle_custom_msg({"event": "click"}, [])

    def type(self, text, into=None):
        (into or self.box).set_state({"value": text})

    def enter(self, text):
        """Type and press Enter: a browser says that it was pressed, then what stands there."""
        self.box._handle_custom_msg({"event": "submit"}, [])
        self.box.set_state({"value": text})

    @property
    def box(self):
        return (self.all("line") or self.all("area"))[0]

    def ask(self, text):
        """Ask and wait until the turn stands there whole."""
        before = len(self.panel._session.conversation.turns)
        self.enter(text)
        until(lambda: len(self.panel._session.conversation.turns) > before and self.is_idle())

    def is_idle(self):
        """Whether nothing goes on, and every turn that has ended is shown so."""
        views = self.panel._view.transcript._views.values()
        are_shown = all(view.ended for view in views)
        are_all = [view.turn for view in views][-1:] == self.panel._session.conversation.turns[-1:]
        is_ready = "Ready" in self.text("state") and not self.panel._asking.current and self.all("actions")
        return are_shown and are_all and is_ready
