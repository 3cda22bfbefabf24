"""The notebook whose replies are the hostile texts: written, run, and brought to a page in every way it can come."""

import re
from dataclasses import dataclass, field

import html5lib
import nbformat
from hostile import ENDS, REPLIES

NAME = "hostile.ipynb"
_FORMULA = re.compile(r'<span dir="ltr">\$.*?\$</span>', re.DOTALL)


@dataclass
class Shown:
    """What a page showed of the notebook, and whatever came of it."""

    cells: dict  # name of a reply -> its outputs as saved
    outputs: list
    mischief: list
    followed: dict = field(default_factory=dict)  # address of a clicked link -> what ran then

    def html(self):
        return [output for output in self.outputs if output["mime"] == "text/html"]

    def tracebacks(self):
        return [output for output in self.outputs if output["mime"].endswith("stderr")]

    def of(self, name):
        """The HTML that the page shows of a reply, parsed."""
        shown = dict(zip((name for name in self.cells if self.bundle(name)), self.html(), strict=True))
        return html5lib.parseFragment(shown[name]["html"], namespaceHTMLElements=False)

    def bundle(self, name):
        """The MIME bundle that the cell of a reply kept."""
        return next((one["data"] for one in self.cells[name] if one["output_type"] == "display_data"), None)

    def texts(self):
        """Of each reply: its name, the text that the page shows, the text of its HTML, formulas as one sign in both."""
        for name, output in zip(self.cells, self.html(), strict=True):
            html = self.bundle(name)["text/html"]
            yield name, words(output["text"]), words(text_of(_FORMULA.sub("∑", html) if output["formulas"] else html))


def text_of(html):
    fragment = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return "".join(fragment.itertext())


def words(text):
    return " ".join(text.split())


def run(lab, open_notebook):
    """Written, run from the menu, saved: what the page showed, and the notebook as it is then."""
    sources = [f"%%liara --fresh\n{name}" for name in REPLIES]
    going_on = {"tags": ["raises-exception"]}
    cells = [nbformat.v4.new_code_cell(source, metadata=going_on) for source in sources]
    lab.write(NAME, ["%load_ext liara_magic", *cells])
    with open_notebook(NAME) as page:
        page.run()
        _wait(page)
        page.save()
        saved = lab.read(NAME)
        shown = _look(page, saved)
        shown.followed = _follow(page.page)
        return shown, saved


def received(lab, open_notebook, saved):
    """As it comes by mail, without a signature; and once more after the person has trusted it."""
    lab.write("received.ipynb", [nbformat.v4.new_markdown_cell("received"), *saved.cells])
    with open_notebook("received.ipynb") as page:
        assert not page.is_trusted()
        _wait(page)
        untrusted = _look(page, saved)
        page.trust()
        _wait(page)
        return untrusted, _look(page, saved)


def exported(open_page, notebook, file):
    """nbconvert's page with its defaults, opened from the disk with scripts on."""
    from nbconvert import HTMLExporter  # the oldest needs what is not there where these tests are skipped

    file.write_text(HTMLExporter().from_notebook_node(notebook)[0], "utf-8")
    with open_page(file.as_uri()) as page:
        page.open(file.as_uri())
        return _look(page, notebook)


def _wait(page):
    page.watched.wait(f"rig.typeset() == {ENDS}")


def _look(page, notebook):
    """Read the page, then point at, focus and click everything in it, and see what has come of all that."""
    outputs = page.page.evaluate("rig.outputs()")
    page.page.evaluate("rig.poke()")
    sources = [cell.source.partition("\n")[2] for cell in notebook.cells]
    cells = {name: cell.outputs for name, cell in zip(sources, notebook.cells, strict=True) if name}
    return Shown(cells, outputs, page.mischief())


def _follow(page):
    """Click what JupyterLab makes a link in a traceback because it looks like an address, where it is a script."""
    followed = {}
    for link in page.locator(".jp-RenderedText a[href^=javascript]").all():
        address = link.get_attribute("href")
        with page.context.expect_page() as opened:
            link.click()
        opened.value.wait_for_load_state()
        followed[address] = opened.value.evaluate("tripwires") + page.evaluate("tripwires")
        opened.value.close()
    return followed
