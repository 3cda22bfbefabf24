"""A page on which nothing goes unseen: requests, dialogs, windows, downloads, commands and tripped wires."""

from contextlib import contextmanager
from pathlib import Path

_HERE = Path(__file__).parent
_OF_THE_PAGE = ("data:", "blob:", "about:")


class WatchedPage:
    """``page`` is Playwright's; ``foreign`` holds every request that went to no address of ``own``, and was stopped."""

    def __init__(self, context, own):
        self.foreign = []
        self._own = (*own, *_OF_THE_PAGE)
        self._seen = []
        context.route(self._is_foreign, lambda route: route.abort())
        context.on("request", lambda request: self._note(request.url))
        context.add_init_script(path=_HERE / "tripwires.js")
        context.add_init_script(path=_HERE / "lab_page.js")
        self.page = context.new_page()
        context.on("page", lambda page: self._seen.append(f"a new page {page.url}"))
        self.page.on("dialog", self._dismiss)
        self.page.on("download", lambda download: self._seen.append(f"a download {download.url}"))
        self.page.on("websocket", lambda one: self._note(one.url.replace("ws:", "http:", 1)))
        self.page.on("frameattached", lambda frame: self._seen.append(f"a frame {frame.url}"))

    def open(self, address):
        """Go there; whatever is loaded in its place later is seen as mischief."""
        self.page.goto(address)
        self.page.on("domcontentloaded", lambda page: self._seen.append(f"gone to {page.url}"))

    def wait(self, expression, seconds=90):
        """Until ``expression`` is true in the page."""
        self.page.wait_for_function(expression, timeout=seconds * 1000)

    def mischief(self):
        """All that no reply may bring about, in words; none when all is well."""
        tripped = self.page.evaluate("[...tripwires, ...rig.alive(), ...rig.clobbered()]")
        return [*self._seen, *(f"a request to {address}" for address in self.foreign), *tripped]

    def _is_foreign(self, address):
        return not address.startswith(self._own)

    def _note(self, address):
        if self._is_foreign(address):
            self.foreign.append(address)

    def _dismiss(self, dialog):
        self._seen.append(f"a dialog {dialog.message}")
        dialog.dismiss()


@contextmanager
def watched_page(browser, *own):
    """A page of a fresh profile that may ask addresses that begin with ``own``, and nobody else."""
    context = browser.new_context(viewport={"width": 1100, "height": 1000}, service_workers="block")
    try:
        yield WatchedPage(context, own)
    finally:
        context.close()
