"""The panel for everybody: axe's rules in light and dark, in both languages; the keyboard alone; names for readers."""

import pytest
from axe import axe_script, violations
from panel_page import PanelPage

WIDE = " | ".join(f"a long name {number}" for number in range(12))
REPLY = f"""Words with `code` and a [link](https://ok.example/).

| a | b |
| --- | --- |
| 1 | 2 |

| {WIDE} |
|{" --- |" * 12}
| {WIDE.replace("long", "longer_than_others")} |

```python
print("colours")
```

```python
wide = [{", ".join(map(str, range(100)))}]
```

$$\\sum_{{i=1}}^n x_i = {" + ".join(f"x_{{{number}}}" for number in range(40))}$$
"""


def thinks(line):
    line.head()
    line.event({"choices": [{"index": 0, "delta": {"reasoning": "Let me think about it."}}]})
    line.delta(REPLY)
    line.finish()


@pytest.fixture(scope="module")
def panel(lab, replies, open_notebook, tmp_path_factory):
    replies["show"] = thinks
    replies["fail"] = lambda line: line.answer_json({"error": "no"}, "400 Bad Request")
    lab.write("access.ipynb", ["%load_ext liara_magic\nnumbers = [1, 2]", "%liara /budget 100", "%liara /panel"])
    with open_notebook("access.ipynb") as notebook:
        notebook.run()
        panel = PanelPage(notebook.page, tmp_path_factory.mktemp("pictures"))
        panel.wait()
        panel.ask("show")
        panel.send("/status")
        panel.panel.locator(".liara-note").wait_for()
        panel.click("Settings")
        panel.click("Add context")
        panel.click("Conversations")
        panel.panel.get_by_label("Name").wait_for()
        yield panel


@pytest.fixture(scope="module")
def axe(panel, tmp_path_factory):
    panel.page.evaluate(axe_script(tmp_path_factory.mktemp("axe")))


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(panel, axe, theme):
    panel.page.evaluate(f"jupyterapp.commands.execute('apputils:change-theme', {{theme: '{theme}'}})")
    panel.page.wait_for_function(f"() => document.body.dataset.jpThemeName === '{theme}'")
    assert violations(panel.page, ".liara-panel") == []
    panel.picture(f"panel-open-{theme.split()[-1].lower()}")


def test_axe_finds_nothing_in_persian(panel, axe):
    panel.click("فارسی")
    panel.panel.get_by_role("button", name="بفرست").wait_for()
    assert violations(panel.page, ".liara-panel") == []
    panel.click("English")
    panel.panel.get_by_role("button", name="Send").wait_for()


def test_axe_finds_nothing_in_a_narrow_window(panel, axe):
    panel.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
    panel.page.set_viewport_size({"width": 480, "height": 900})
    panel.page.wait_for_function("() => document.querySelector('.liara-panel').clientWidth < 400")
    assert violations(panel.page, ".liara-panel") == []
    panel.picture("panel-open-narrow")
    panel.page.set_viewport_size({"width": 1100, "height": 1000})
    panel.page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")


@pytest.mark.parametrize("box", [".liara-block div[tabindex]:has(> table)", ".liara-block pre[tabindex]"])
def test_the_keyboard_moves_what_is_wider_than_its_place(panel, box):
    box = panel.turn("show").locator(box)
    assert box.count() == 1
    box.focus()
    for _ in range(5):
        panel.page.keyboard.press("ArrowRight")
    panel.page.wait_for_function("box => box.scrollLeft > 20", arg=box.element_handle())
    assert panel.page.evaluate("() => document.activeElement.hasAttribute('tabindex')")


def test_axe_finds_nothing_in_trouble(panel, axe):
    panel.send("fail")
    panel.state.get_by_text("Your text is back in the box.").wait_for()
    assert violations(panel.page, ".liara-panel") == []
    panel.box.fill("")


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(panel):
    expected = panel.panel.evaluate(
        "panel => [...panel.querySelectorAll('button, input, textarea, select, summary, a[href], [tabindex]')]"
        ".filter(one => !one.disabled && one.getClientRects().length && one.type !== 'file').length"
    )
    panel.panel.locator("select").first.focus()
    reached, unseen = 1, []
    for _ in range(expected + 5):
        panel.page.keyboard.press("Tab")
        here = panel.page.evaluate(
            "() => { const one = document.activeElement; const style = getComputedStyle(one);"
            "return [Boolean(one.closest('.liara-panel')), one.outerHTML.slice(0, 90),"
            "style.outlineStyle !== 'none' || style.boxShadow !== 'none']; }"
        )
        if not here[0]:
            break
        reached += 1
        if not here[2]:
            unseen.append(here[1])
    assert reached >= expected
    assert unseen == []


def test_every_field_and_button_has_a_name(panel):
    nameless = panel.panel.evaluate(
        "panel => [...panel.querySelectorAll('button, input, textarea, select')].filter(one =>"
        " one.getClientRects().length && !(one.innerText.trim() || one.labels?.[0]?.textContent.trim() || one.title))"
        ".map(one => one.outerHTML)"
    )
    assert nameless == []
