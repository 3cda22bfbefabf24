"""A notebook in a real JupyterLab, used as a person uses it: opened, run from the menu, saved, trusted."""

from contextlib import contextmanager

from watched import watched_page

#: What the person's own clicks run; any other command came from an output.
_OWN_COMMANDS = {"runmenu:run-all", "notebook:run-all-cells", "notebook:trust"}


class NotebookPage:
    """An open notebook on a watched page."""

    def __init__(self, lab, watched):
        self.lab = lab
        self.watched = watched
        self.page = watched.page
        self.foreign = watched.foreign

    def open(self, name):
        """Until the notebook stands there and its kernel is idle."""
        self.watched.open(self.lab.address(name))
        self.watched.wait("rig.ready()", 60)
        self.page.evaluate("rig.listen()")

    def start(self):
        """Run All Cells, from the menu."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()

    def run(self, seconds=60):
        """Run all cells and wait until the last one is done."""
        self.start()
        self.watched.wait("rig.done()", seconds)

    def is_trusted(self):
        return self.page.evaluate("rig.trusted()")

    def trust(self):
        """The command of the palette, and the dialog that asks whether it is meant; until all is shown anew."""
        self.page.evaluate("rig.mark()")
        self.page.evaluate("void jupyterapp.commands.execute('notebook:trust')")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.watched.wait("rig.trusted() && rig.renewed()")

    def save(self):
        self.page.evaluate("rig.save()")

    def outputs(self):
        """Every output of every code cell: ``mime``, ``html``, ``text``, and how many ``formulas`` were typeset."""
        return self.page.evaluate("rig.outputs()")

    def mischief(self):
        """As of the watched page, and every command that the person did not give."""
        commands = set(self.page.evaluate("rig.commands")) - _OWN_COMMANDS
        return [*self.watched.mischief(), *(f"the command {command}" for command in commands)]


@contextmanager
def notebook_page(browser, lab, name):
    """The notebook ``name`` of ``lab``, open; its kernel is ended with the page."""
    with watched_page(browser, f"{lab.origin}/") as watched:
        notebook = NotebookPage(lab, watched)
        notebook.open(name)
        try:
            yield notebook
        finally:
            watched.page.evaluate("rig.end()")
