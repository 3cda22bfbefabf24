"""Arrays: shape, type and statistics of numpy, xarray, scipy and libraries like them, and never the values."""

import sys
import tracemalloc
import types

import pytest
from describing import described, said

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
xr = pytest.importorskip("xarray")
sparse = pytest.importorskip("scipy.sparse")


def test_an_array_is_told_without_its_values():
    found = described(np.array([[1.25, 2.5], [3.75, 17.125]]))
    assert found.text == (
        "`v`: numpy ndarray, shape 2 × 2, float64, 32 bytes\n"
        "Values: 1.25 … 17.125, mean 6.15625, standard deviation 6.3942"
    )
    assert found.cut == "Left out: the values themselves, 4 of them."
    assert "3.75" not in found.text


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([True, False, True, True]), "75% true"),
        (np.array([1, 2], dtype="u1"), "1 … 2, mean 1.5, standard deviation 0.5"),
        (np.array([np.nan, 2.0, np.inf, 4.0]), "2 … 4, mean 3, 1 value infinite, standard deviation 1, 25% NaN"),
        (np.array([np.nan, np.nan]), "100% NaN"),
        (np.array([3 + 4j, 6 + 8j]), "magnitudes 5 … 10, mean 7.5"),
        (np.array(["2024-01-01", "2024-03-20", "NaT"], dtype="M8[D]"), "2024-01-01 … 2024-03-20, 33% NaT"),
        (np.array([1, 36], dtype="m8[h]"), "1:00:00 … 1 day, 12:00:00"),
        (np.array(["می‌روم", "b", "b"]), "2 distinct texts of at most 6 characters"),
        (np.array([b"abc"]), "1 distinct text of at most 3 characters"),
        (np.array([1, "x", None], dtype=object), "int 33%, str 33%, NoneType 33%"),
        (np.array(7), "always 7"),
        (np.full(3, 6e4, dtype="f2"), "always 60000"),
        (np.full(3, 1e308), "always 1e+308"),
        (np.ma.array([1, 2, 900], mask=[0, 0, 1]), "1 … 2, mean 1.5, standard deviation 0.5, 33% masked"),
    ],
)
def test_statistics_of_every_type(array, expected):
    assert f"Values: {expected}" in said(array)


def test_an_array_without_elements_has_no_statistics():
    assert said(np.zeros((0, 3))) == "`v`: numpy ndarray, shape 0 × 3, float64, 0 bytes"


def test_fields_of_a_structured_array_are_told_one_by_one():
    array = np.array([("تهران", 1.0), ("شیراز", 3.0)], dtype=[("شهر", "U10"), ("عدد", "f8")])
    text = said(array)
    assert "2 fields" in text
    assert "- شهر (<U10): 2 distinct texts" in text
    assert "- عدد (float64): 1 … 3, mean 2" in text
    assert "تهران" not in text


@pytest.mark.parametrize("shape", [(4_000_000,), (2000, 2000), (1000, 2000, 2), (2,) * 22])
@pytest.mark.parametrize("turn", [lambda array: array, np.transpose, lambda array: array[::-1]])
def test_a_large_array_is_sampled_all_over(shape, turn):
    array = turn(np.linspace(0, 1, 1 << 22 if shape == (2,) * 22 else 4_000_000).reshape(shape))
    text = said(array)
    assert "Figures are of a sample of " in text
    assert len(shape) > 3 or "mean 0.5" in text or "mean 0.49" in text


def test_a_large_array_is_not_copied():
    array = np.zeros((10_000, 2000))  # 160 MB that are never touched
    tracemalloc.start()
    try:
        said(array)
        said(array.T)
        said(np.broadcast_to(np.zeros(1), (10**6, 10**6)))
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_an_array_in_a_file_is_read_at_few_places(tmp_path):
    array = np.memmap(tmp_path / "data", dtype="f8", mode="w+", shape=(3_000_000,))
    assert "of a sample of 1,999 values" in said(array)


def test_scalars_are_values():
    assert said(np.float32(1.5)) == "`v`: numpy float32: 1.5"
    assert said(np.datetime64("2024-03-20")) == "`v`: numpy datetime64: 2024-03-20"
    assert said([np.int64(3), np.bool_(True)]).endswith("\n[3, True]")


def test_a_subclass_cannot_run_its_own_code():
    class Loud(np.ndarray):
        def __array_finalize__(self, source):
            if hasattr(self, "armed"):
                raise SystemError

        def min(self, *arguments, **keywords):
            raise SystemError

        mean = max = sum = reshape = __getitem__ = min

    assert "1 … 3, mean 2" in said(np.array([1.0, 2.0, 3.0]).view(Loud))


def test_sparse_matrices_of_either_kind():
    matrix = sparse.csr_matrix(([1.0, 3.0], ([0, 1], [0, 1])), shape=(100, 100))
    text = said(matrix)
    assert "shape 100 × 100, float64, 2 stored values (0.02% of all)" in text
    assert "1 … 3, mean 2" in text
    assert "shape 3 × 3" in said(sparse.dok_array((3, 3)))
    assert "0 stored values (0% of all)" in said(sparse.lil_matrix((3, 3)))


def weather():
    return xr.Dataset(
        {"دما": (("time", "lat"), np.arange(6.0).reshape(3, 2), {"units": "K"})},
        coords={"time": pd.date_range("2024-01-01", periods=3), "lat": [10.0, 20.0], "نام": ("lat", ["a", "b"])},
        attrs={"عنوان": "هوا"},
    )


def test_a_dataset_is_told_by_dimensions_coordinates_and_variables():
    text = said(weather())
    assert "xarray Dataset, time 3 × lat 2, 1 variable" in text
    assert "- time (time) datetime64" in text
    assert "2024-01-01 … 2024-01-03" in text
    assert "- lat (lat) float64: 10 … 20, mean 15" in text
    assert "- نام (lat)" in text
    assert "- دما (time, lat) float64 in K: 0 … 5, mean 2.5" in text
    assert "- عنوان: هوا" in text


def test_a_labelled_array_has_its_statistics():
    text = said(weather()["دما"])
    assert "xarray DataArray دما, time 3 × lat 2, float64" in text
    assert "Values: 0 … 5, mean 2.5" in text
    assert "- units: K" in text


def test_a_labelled_array_that_is_not_in_memory_stays_in_its_file():
    class Stored(xr.backends.BackendArray):
        shape, dtype = (3,), np.dtype("f8")

        def __getitem__(self, key):
            raise AssertionError("read")

    lazy = xr.Variable("x", xr.core.indexing.LazilyIndexedArray(Stored()))
    stored = xr.Dataset({"دما": lazy})
    assert "not in memory, not read" in said(stored)
    assert "not in memory, not read" in said(stored["دما"])


@pytest.fixture
def torch(monkeypatch):
    """A library like torch: its tensors share their memory with numpy."""
    module = types.ModuleType("torch")

    class Tensor:
        __module__, __qualname__ = "torch", "Tensor"

        def __init__(self, array, device="cpu", requires_grad=False):
            self._array, self.device, self.requires_grad = array, device, requires_grad

        shape = property(lambda self: self._array.shape)
        dtype = property(lambda self: f"torch.{self._array.dtype}")

        def detach(self):
            return Tensor(self._array, self.device)

        def __dlpack_device__(self):
            return (1 if self.device == "cpu" else 2), 0

        def __dlpack__(self, **keywords):
            if self.requires_grad or self.device != "cpu":
                raise BufferError
            return self._array.__dlpack__()

    module.Tensor = Tensor
    monkeypatch.setitem(sys.modules, "torch", module)
    return module


def test_a_tensor_is_told_like_an_array(torch):
    text = said(torch.Tensor(np.array([[1.0, 3.0]]), requires_grad=True))
    assert "torch Tensor, shape 1 × 2, torch.float64, on cpu" in text
    assert "It requires a gradient." in text
    assert "1 … 3, mean 2" in text
    assert "[<torch Tensor, 1 × 2, torch.float64>]" in said([torch.Tensor(np.zeros((1, 2)))])


def test_a_tensor_elsewhere_is_told_without_its_values(torch):
    found = described(torch.Tensor(np.zeros(5), device="cuda:0"))
    assert "shape 5, torch.float64, on cuda:0" in found.text
    assert "not read" in found.text
    assert found.cut == "Left out: the statistics."
