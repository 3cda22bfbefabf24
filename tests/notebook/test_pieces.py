"""Cells and values as pieces: what a reader needs of their outputs, and errors for what cannot be described."""

import base64
import struct
import zlib

import pytest

from liara_magic import LiaraUsageError
from liara_magic.notebook.cells import Cell, CellError
from liara_magic.notebook.pieces import piece_of_cell, piece_of_error, piece_of_figure, piece_of_value


def png(width=3, height=2):
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = (b"\0" + b"\xff\0\0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


PICTURE = {"image/png": base64.b64encode(png()).decode(), "text/plain": "<Figure size 640x480 with 1 Axes>"}


def test_a_cell_is_its_source_and_all_that_it_showed_in_order():
    error = CellError("ValueError", "no", "Traceback\nValueError: no")
    cell = Cell(7, "run()", "printed\n", {"text/plain": "42"}, ({"text/plain": "shown"},), 3, error)
    piece = piece_of_cell(cell, pictures=True)
    assert piece.source == "cell [7]" and not piece.named
    assert piece.text == (
        "run()\n\nOutput:\nprinted\n\nshown\n… 3 more outputs left out …\n42\nTraceback\nValueError: no"
    )


def test_long_output_is_cut_in_the_middle_and_source_is_not():
    piece = piece_of_cell(Cell(1, "s" * 9000, "a" * 9000 + "end"), pictures=True)
    assert piece.text.startswith("s" * 9000) and piece.text.endswith("end")
    assert "characters left out" in piece.text and len(piece.text) < 15_100


@pytest.mark.parametrize(
    ("bundle", "said"),
    [
        ({"text/plain": "<IPython.core.display.Markdown object>", "text/markdown": "**m**"}, "**m**"),
        ({"text/plain": "<IPython.core.display.Latex object>", "text/latex": "$x$"}, "$x$"),
        (
            {
                "text/plain": "<IPython.core.display.HTML object>",
                "text/html": "<style>p{}</style><table><tr><td>تهران</td><td>12 &amp; 3</td></tr><tr><td>b</td></tr>"
                "</table><script>x()</script>",
            },
            "تهران 12 & 3\nb",
        ),
        ({"text/html": "<p>only</p>"}, "only"),
        ({"text/plain": "  a\n0 1", "text/html": "<table>"}, "  a\n0 1"),
        ({"text/plain": "<__main__.Thing at 0x7f00>"}, "<__main__.Thing at 0x7f00>"),
    ],
)
def test_what_is_displayed_goes_as_the_text_that_says_most(bundle, said):
    assert piece_of_cell(Cell(1, "x", displays=(bundle,)), pictures=True).text == f"x\n\nOutput:\n{said}"


def test_pictures_of_outputs_go_as_pictures_or_a_word_says_that_they_stay():
    cell = Cell(2, "plot()", displays=(PICTURE,))
    (part,) = piece_of_cell(cell, pictures=True).parts
    assert part.kind == "image, 3 × 2 pixels" and part.tokens == 1
    assert part.content["image_url"]["url"] == f"data:image/png;base64,{PICTURE['image/png']}"
    without = piece_of_cell(cell, pictures=False)
    assert not without.parts and "(a picture stands here, which is not sent)" in without.text


def test_a_damaged_picture_of_an_output_is_an_error_where_pictures_go_along():
    cell = Cell(2, "plot()", displays=({"image/png": "AAAA", "text/plain": "fig"},))
    for taken in (lambda: piece_of_cell(cell, pictures=True), lambda: piece_of_figure(cell)):
        with pytest.raises(LiaraUsageError, match=r"that cell \[2\] showed cannot be sent: its drawing is no PNG file"):
            taken()
    assert "fig" in piece_of_cell(cell, pictures=False).text


def test_the_figure_of_a_cell_is_its_last_picture():
    larger = {"image/png": base64.b64encode(png(9, 9)).decode()}
    assert piece_of_figure(Cell(2, "p", displays=(PICTURE, larger))).parts[0].kind == "image, 9 × 9 pixels"


def test_an_error_goes_with_its_cell_and_the_types_in_the_failing_line():
    error = CellError("KeyError", "'b'", "KeyError: 'b'", "d[key]", 2, {"d": "dict", "key": "str"})
    piece = piece_of_error(Cell(3, "key='b'\nd[key]", error=error))
    assert piece.text == (
        "Cell:\nkey='b'\nd[key]\n\nError:\nKeyError: 'b'\n\nVariables in the failing line:\n- d: dict\n- key: str"
    )
    with pytest.raises(ValueError, match="did not fail"):
        piece_of_error(Cell(4, "x"))


class Raising:
    def __repr__(self):
        raise ValueError("broken")


class Deep:
    def __repr__(self):
        return repr(self)


@pytest.mark.parametrize(
    ("value", "why"),
    [(Raising(), "its repr raised ValueError: broken"), (Deep(), "its repr raised RecursionError")],
)
def test_what_cannot_be_described_is_an_error(value, why):
    with pytest.raises(LiaraUsageError) as refused:
        piece_of_value(value, "thing", 1000)
    assert refused.value.message.startswith(f"thing cannot be sent: {why}")


def test_what_goes_round_in_circles_is_described_once():
    ring = [1]
    ring.append(ring)
    table = {"a": ring}
    table["self"] = table
    assert piece_of_value(ring, "ring", 1000).text.endswith("[1, <list, itself again>]")
    assert "<dict, itself again>" in piece_of_value(table, "table", 1000).text


def test_a_secret_at_the_cut_of_a_description_is_hidden():
    from liara_magic.notebook.redaction import Redactor

    key = "gh" + "p_" + "a1B2" * 9
    hide = Redactor((), {}).redact
    for before in range(60, 130, 3):
        values = {"k": "w" * before + " " + key + " more words"}
        text = piece_of_value(values, "values", 140, lambda text: hide(text).text).text
        assert key[:10] not in text


def test_an_object_that_describes_itself_and_a_reply_do():
    from liara_magic.protocol.events import TextDelta
    from liara_magic.protocol.reply import Reply

    class Model:
        def _repr_llm_(self):
            return "a model of prices"

    reply = Reply()
    reply.add(TextDelta("the answer"))
    assert "a model of prices" in piece_of_value(Model(), "model", 500).text
    assert "the answer" in piece_of_value(reply, "reply", 500).text


@pytest.mark.timeout(20)
@pytest.mark.parametrize("part", ["<a ", '<a b="', "<!--", "<?", "</", "<script>", "&#"])
def test_a_page_that_is_no_html_is_read_in_time(part):
    cell = Cell(3, "show()", displays=({"text/html": "<p>hello</p>" + part * 100_000},))
    assert "hello" in piece_of_cell(cell, pictures=False).text
