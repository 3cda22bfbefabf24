"""Figures of matplotlib and plotly, pictures of Pillow: as PNG files that are small enough, and left as they were."""

import io
import sys
import types
import webbrowser

import pytest
from describing import described, said

np = pytest.importorskip("numpy")
matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")
pyplot = pytest.importorskip("matplotlib.pyplot")
go = pytest.importorskip("plotly.graph_objects")
Image = pytest.importorskip("PIL.Image")

LONGEST, MOST_BYTES = 1568, 4_000_000


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    pyplot.close("all")


def opened(image):
    """A picture of a description, looked at by Pillow."""
    assert image.mime_type == "image/png"
    picture = Image.open(io.BytesIO(image.data))
    assert picture.format == "PNG"
    assert picture.size == (image.width, image.height)
    assert max(picture.size) <= LONGEST
    assert len(image.data) <= MOST_BYTES
    return picture


def only(value, budget=4000):
    found = described(value, budget)
    assert len(found.images) == 1
    return opened(found.images[0])


def plotted():
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 4], [0, 5, 3], label="سری یکم")
    axes.set(title="درآمد", xlabel="ماه", yscale="log")
    axes.legend()
    return figure


def test_a_figure_is_told_and_shown():
    found = described(plotted())
    assert found.text.splitlines()[0] == "`v`: matplotlib figure of 6.4 × 4.8 inches, 1 set of axes"
    assert '- axes "درآمد"; x "ماه" 0.85 … 4.15; y ' in found.text
    assert "(logarithmic); 1 line; legend: سری یکم" in found.text
    picture = opened(found.images[0])
    assert 500 < picture.width < 700
    assert len(picture.convert("L").getcolors()) > 10


def test_axes_lines_and_arrays_of_axes_show_their_figure():
    figure, axes = pyplot.subplots(2, 2)
    (line,) = axes[0, 0].plot([1, 2])
    for value in (axes, axes[0], axes[0, 0], line):
        found = described(value)
        assert "what follows is" in found.text
        assert opened(found.images[0]).size == only(figure).size


def test_what_is_in_no_figure_says_so():
    assert "in no figure" in said(matplotlib.lines.Line2D([0, 1], [0, 1]))


def test_a_figure_stays_as_it_was():
    figure = plotted()
    canvas, axes = figure.canvas, figure.axes[0]
    before = (
        figure.dpi,
        tuple(figure.get_size_inches()),
        axes.get_position().bounds,
        axes.get_xlim(),
        figure.get_facecolor(),
    )
    said(figure)
    after = (
        figure.dpi,
        tuple(figure.get_size_inches()),
        axes.get_position().bounds,
        axes.get_xlim(),
        figure.get_facecolor(),
    )
    assert before == after
    assert figure.canvas is canvas
    assert pyplot.get_fignums() == [figure.number]


def test_a_legend_beside_the_figure_is_shown():
    figure = plotted()
    plain = only(figure).width
    figure.axes[0].legend(bbox_to_anchor=(1.6, 1))
    assert only(figure).width > plain


@pytest.mark.parametrize("inches", [(100, 2), (2, 100), (60, 60)])
def test_a_large_figure_is_drawn_smaller(inches):
    figure = pyplot.figure(figsize=inches, dpi=300)
    figure.add_subplot()
    assert max(only(figure).size) > 1400


def test_a_figure_without_a_background_is_drawn_on_white():
    figure = plotted()
    figure.patch.set_alpha(0)
    assert only(figure).convert("RGBA").getpixel((1, 1)) == (255, 255, 255, 255)


def test_a_figure_that_cannot_be_drawn_says_so():
    figure = plotted()
    figure.axes[0].set_title("$\\nothing{$")
    found = described(figure)
    assert found.images == ()
    assert "It could not be drawn (ValueError)." in found.text


def test_letters_that_no_font_has_warn_nobody():
    figure = plotted()
    figure.suptitle("\U000f0000\u4e00")
    assert only(figure)


def test_other_kinds_of_axes():
    figure = pyplot.figure()
    figure.add_subplot(1, 2, 1, projection="3d")
    figure.add_subplot(1, 2, 2, projection="polar")
    found = described(figure)
    assert "; z " in found.text
    assert opened(found.images[0])


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"]
)
def test_a_picture_of_any_mode_is_shown(mode):
    picture = Image.new(mode, (20, 30))
    found = described(picture)
    assert f"PIL image of 20 × 30 pixels, mode {mode}" in found.text
    assert opened(found.images[0]).size == (20, 30)


def test_numbers_of_any_range_become_shades():
    picture = Image.fromarray(np.array([[0.0, 1e6], [5e5, 1e6]], dtype="f4"))
    shades = only(picture)
    assert [shades.getpixel(at) for at in ((0, 0), (1, 0), (0, 1))] == [0, 255, 127]


def test_a_large_picture_is_scaled_down_and_stays_as_it_was():
    picture = Image.new("RGB", (4000, 1000), "red")
    picture.info["comment"] = "where I live"
    before = picture.tobytes()
    found = described(picture)
    assert "It is shown scaled to 1,568 × 392 pixels." in found.text
    assert found.cut == "Left out: the picture's full size."
    assert opened(found.images[0]).getpixel((0, 0)) == (255, 0, 0)
    assert b"where I live" not in found.images[0].data
    assert (picture.size, picture.tobytes(), picture.info["comment"]) == ((4000, 1000), before, "where I live")


def test_a_picture_of_noise_still_fits():
    noise = np.random.default_rng(0).integers(0, 256, (1568, 1568, 3), dtype="u1")
    assert max(only(Image.fromarray(noise)).size) > 900


def test_pictures_that_cannot_be_shown_say_so(tmp_path):
    assert "It is not shown: it has no pixels." in said(Image.new("L", (0, 5)))
    assert "It is not shown: it has too many pixels." in said(Image.new("1", (7000, 7000)))
    plotted_file = tmp_path / "cut.png"
    Image.new("RGB", (50, 50)).save(plotted_file)
    plotted_file.write_bytes(plotted_file.read_bytes()[:60])
    with Image.open(plotted_file) as damaged:
        assert "It cannot be shown (OSError" in said(damaged)


def test_an_object_may_show_itself():
    class Shown:
        def __init__(self, bundle):
            self.bundle = bundle

        def _repr_llm_(self):
            return self.bundle

    buffer = io.BytesIO()
    Image.new("RGB", (3000, 10)).save(buffer, "JPEG")
    found = described(Shown({"text/plain": "words", "image/jpeg": buffer.getvalue(), "image/png": "bm8gcGljdHVyZQ=="}))
    assert "words" in found.text
    assert [image.width for image in found.images] == [1568]
    assert "(`v` has a picture that is not shown: its drawing is no PNG file.)" in found.text
    assert found.cut == "Left out: a picture."


def traces():
    figure = go.Figure(
        [go.Scatter(x=np.arange(100), y=np.arange(100.0), name="سری"), go.Bar(x=["تهران", "شیراز"], y=[1, 2])]
    )
    return figure.update_layout(title="درآمد", xaxis_title="ماه")


@pytest.fixture
def no_browser(monkeypatch):
    def opened(*arguments, **keywords):
        raise AssertionError("a browser was opened")

    monkeypatch.setattr(webbrowser, "open", opened)
    monkeypatch.setattr(webbrowser, "get", opened)


def test_a_plotly_figure_that_nothing_here_can_draw_is_told(no_browser, monkeypatch):
    monkeypatch.setitem(sys.modules, "kaleido", None)
    found = described(traces())
    assert 'plotly figure "درآمد" of 2 traces' in found.text
    assert '- xaxis: "ماه"' in found.text
    assert '- scatter "سری"; x: 100 values, 0 … 99, mean 49.5' in found.text
    assert '- bar; x: 2 values, ["تهران", "شیراز"]; y: 2 values, ' in found.text
    assert "There is no picture of it: plotly needs the package kaleido to draw it." in found.text
    assert found.images == ()


@pytest.fixture
def kaleido(monkeypatch):
    """A library like kaleido, which notes what it was to draw."""
    module = types.ModuleType("kaleido")
    module.__spec__ = types.SimpleNamespace()
    module.asked = []

    def calc_fig_sync(figure, opts, kopts):
        module.asked.append((figure, opts, kopts))
        buffer = io.BytesIO()
        Image.new("RGB", (round(opts["width"] * opts["scale"]), round(opts["height"] * opts["scale"]))).save(
            buffer, "PNG"
        )
        return buffer.getvalue()

    module.calc_fig_sync = calc_fig_sync
    monkeypatch.setitem(sys.modules, "kaleido", module)
    return module


def test_a_plotly_figure_is_drawn_without_the_network(kaleido, no_browser):
    figure = traces()
    before = figure.to_json()
    assert only(figure).size == (700, 500)
    assert only(figure.update_layout(width=5000, height=500)).size == (1568, 157)
    figure.update_layout(width=None, height=None)
    assert figure.to_json() == before
    options = kaleido.asked[0][2]
    assert options["mathjax"] is False
    assert options["proxy_server"].startswith("127.0.0.1:")


def test_maps_and_pictures_from_elsewhere_are_not_fetched(kaleido):
    linked = traces().add_layout_image(source="https://example.com/x.png")
    for figure in (
        go.Figure(go.Choropleth(locations=["IRN"], z=[1])),
        go.Figure(go.Scattergeo(lat=[1], lon=[2])),
        linked,
    ):
        found = described(figure)
        assert "would have to be fetched from the network" in found.text
        assert found.images == ()
    assert kaleido.asked == []


def test_a_plotly_figure_with_too_many_points_is_told(kaleido):
    found = described(go.Figure(go.Scatter(x=np.arange(200_000), y=np.arange(200_000))))
    assert "it has too many points to be drawn here" in found.text
    assert "0 … 199999" in found.text


def test_a_drawing_that_fails_says_so(kaleido):
    def fails(*arguments, **keywords):
        raise RuntimeError("no Chrome")

    kaleido.calc_fig_sync = fails
    assert "There is no picture of it: drawing it raised RuntimeError: no Chrome." in said(traces())
