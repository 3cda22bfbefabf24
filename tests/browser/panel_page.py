"""The panel in a real front end, used as a person uses it: typed into, clicked, looked at."""

import os
from pathlib import Path

#: Where pictures are kept for people to look at; without it they go to the folder of the test.
PICTURES = "LIARA_TEST_PICTURES"


class PanelPage:
    """The panel on ``page``; ``folder`` is where its pictures go."""

    def __init__(self, page, folder):
        self.page = page
        self.panel = page.locator(".liara-panel")
        self._folder = Path(os.environ.get(PICTURES) or folder)

    @property
    def box(self):
        return self.panel.locator(".liara-line input, .liara-area textarea")

    @property
    def turns(self):
        return self.panel.locator(".liara-turn")

    @property
    def state(self):
        return self.panel.locator(".liara-state")

    def wait(self, seconds=60):
        """Until the panel stands there with its style."""
        self.box.wait_for(timeout=seconds * 1000)

    def send(self, text):
        self.box.fill(text)
        self.box.press("Enter")

    def ask(self, text):
        """Send and wait until it is answered."""
        self.send(text)
        self.turn(text).locator(".liara-footer summary").last.wait_for()

    def turn(self, text):
        """The turn in which ``text`` stands."""
        return self.turns.filter(has_text=text)

    def click(self, name, inside=None):
        (inside or self.panel).get_by_role("button", name=name).first.click()

    def picture(self, name):
        """Keep a picture of the page as it is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")  # while a theme changes
        self.page.screenshot(path=self._folder / f"{name}.png")
