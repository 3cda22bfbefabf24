"""Tables of pandas, polars and pyarrow: what is said, what is left out, and that nothing is changed or copied."""

import datetime
import tracemalloc

import pytest
from describing import Query, Trapped, described, said

np = pytest.importorskip("numpy")
pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

CITIES = ["تهران", "می‌نو", "شیراز", None]


def as_pandas(columns):
    return pd.DataFrame(columns)


def as_polars(columns):
    return pl.DataFrame(columns, strict=False)


def as_arrow(columns):
    return pa.table(columns)


def as_batch(columns):
    return pa.RecordBatch.from_pydict(columns)


LIBRARIES = pytest.mark.parametrize("make", [as_pandas, as_polars, as_arrow, as_batch])


@LIBRARIES
def test_a_small_table_is_shown_whole_with_its_figures(make):
    columns = {"شهر": ["تهران", "می‌نو", "تهران"], "قیمت": [1.5, 2.5, 5.0], "n": [3, 4, 5], "ok": [True, False, True]}
    found = described(make(columns))
    assert "3 rows × 4 columns" in found.text
    assert '2 distinct: "تهران" 67%, "می‌نو" 33%' in found.text
    assert "1.5 … 5, mean 3" in found.text
    assert "3 … 5, mean 4" in found.text
    assert "67% true" in found.text
    for row in ("| تهران | 1.5 | 3 | True |", "| می‌نو | 2.5 | 4 | False |", "| تهران | 5 | 5 | True |"):
        assert row in found.text
    assert found.cut == ""
    assert found.images == ()


@LIBRARIES
def test_missing_values_are_counted(make):
    text = said(make({"a": [1.0, None, None, 4.0], "b": ["x", None, "y", "x"]}))
    assert "2 missing (50%)" in text
    assert "1 missing (25%)" in text


@LIBRARIES
def test_infinite_and_undefined_numbers_spoil_no_range(make):
    text = said(make({"a": [1.0, float("inf"), 3.0, float("nan")]}))
    assert "1 … 3, mean 2" in text
    assert "1 value infinite" in text
    assert "1 NaN" in text or "1 missing" in text


@LIBRARIES
def test_times_have_a_range(make):
    text = said(make({"at": [datetime.datetime(2024, 3, 20, 12), datetime.datetime(2025, 3, 21)]}))
    assert "2024-03-20 12:00:00 … 2025-03-21" in text


@LIBRARIES
def test_of_a_long_table_start_middle_and_end_are_shown(make):
    found = described(make({"a": list(range(1000))}))
    rows = [line for line in found.text.splitlines() if line.startswith("| ")]
    shown = [int(line.split("|")[-2]) for line in rows if line.split("|")[-2].strip().isdigit()]
    assert shown == [0, 1, 2, 3, 4, 5, 6, 500, 501, 998, 999]
    assert found.cut == "Left out: 989 of 1,000 rows."


@LIBRARIES
def test_a_large_table_says_that_its_figures_are_of_a_sample(make):
    rows = 300_000
    text = said(make({"a": np.arange(rows), "b": [CITIES[place % 3] for place in range(rows)]}))
    assert f"{rows:,} rows × 2 columns" in text
    assert "of a sample of 100,000 rows" in text
    assert "- a (int64): 0 … 299999," in text.replace("Int64", "int64")
    assert '3 distinct, most often "' in text or "3 distinct: " in text


@LIBRARIES
@pytest.mark.parametrize("budget", [0, 1, 30, 100, 300, 1000, 3000, 20_000])
def test_a_wide_table_fits_and_names_what_it_does_not_describe(make, budget):
    columns = {f"x{place}": [place, place + 1] for place in range(1000)} | {"هدف": ["a", "b"]}
    found = described(make(columns), budget)
    if budget >= 300:
        assert "2 rows × 1,001 columns" in found.text
        assert "- هدف (" in found.text  # the last column, often what is to be predicted
        assert "more columns: x" in found.text
        assert "of 1,001 columns" in found.cut


@LIBRARIES
def test_names_and_cells_keep_their_place_in_the_table(make):
    text = said(make({"a|b\nc": ["x|y\n| 1 | 2 |\x1b[31m", "z" * 500]}))
    assert "a\\|b\\nc" in text
    assert "x\\|y\\n\\| 1 \\| 2 \\|" in text
    assert "\x1b" not in text
    assert "z" * 100 not in text


@LIBRARIES
def test_long_texts_are_told_by_their_lengths(make):
    text = said(make({"story": ["word " * 1000, "word " * 3000]}))
    assert "texts of 5,000 to 15,000" in text


@LIBRARIES
def test_an_empty_table_says_so(make):
    assert "0 rows × 1 column" in said(make({"a": []}))


def test_a_table_without_columns():
    assert said(pd.DataFrame()) == "`v`: pandas DataFrame, 0 rows × 0 columns"
    assert said(pl.DataFrame()) == "`v`: polars DataFrame, 0 rows × 0 columns"
    assert said(pa.table({})) == "`v`: pyarrow Table, 0 rows × 0 columns"


def test_every_type_of_pandas_column_has_its_facts():
    frame = pd.DataFrame(
        {
            "category": pd.Categorical(["ب", "الف", "ب"]),
            "nullable": pd.array([1, None, 3], dtype="Int64"),
            "flag": pd.array([True, None, True], dtype="boolean"),
            "zone": pd.date_range("2024-01-01", periods=3, tz="UTC"),
            "lasting": pd.to_timedelta([1, 2, 3], unit="D"),
            "mixed": [1, "x", None],
            "complex": [1j, 2j, 3j],
            "sparse": pd.arrays.SparseArray([0, 0, 5]),
            "period": pd.period_range("2024-01", periods=3, freq="M"),
        }
    )
    text = said(frame, 8000)
    assert 'category of 2): 2 distinct: "ب" 67%, "الف" 33%' in text
    assert "nullable (Int64): 1 … 3, mean 2, 1 missing (33%)" in text
    assert "flag (boolean): 100% true, 1 missing (33%)" in text
    assert "UTC]): 2024-01-01 00:00:00+00:00 … 2024-01-03 00:00:00+00:00" in text
    assert "1 day, 0:00:00 … 3 days, 0:00:00" in text
    assert 'mixed (object): 1 distinct: "x" 100%; 1 int, 1 missing (33%)' in text
    assert "magnitudes 1 … 3, mean 2" in text
    assert "0 … 5, mean 1.66667" in text
    assert "cannot be read" not in text


def test_every_type_of_arrow_column_has_its_facts():
    table = pa.table(
        {
            "lists": pa.array([[1, 2], None]),
            "records": pa.array([{"a": 1}, {"a": 2}]),
            "encoded": pa.array(["x", "x"]).dictionary_encode(),
            "exact": pa.array([datetime.date(2024, 1, 1), None]),
            "fine": pa.array([1, 2], pa.timestamp("ns")),
            "lasting": pa.array([datetime.timedelta(days=1), datetime.timedelta(days=2)]),
            "nothing": pa.nulls(2),
            "octets": pa.array([b"\xff", b"x" * 10_000]),
        }
    )
    text = said(table, 8000)
    assert "[1, 2]" in text
    assert '{"a": 1}' in text
    assert '1 distinct: "x" 100%' in text
    assert "always 2024-01-01, 1 missing (50%)" in text
    assert "1 day, 0:00:00 … 2 days, 0:00:00" in text
    assert "nothing (null): all missing" in text
    assert "cannot be read" not in text


def test_every_type_of_polars_column_has_its_facts():
    frame = pl.DataFrame(
        {
            "lists": [[1, 2, 3] * 50, [4]],
            "records": [{"a": 1}, {"a": 2}],
            "encoded": pl.Series(["x", "x"], dtype=pl.Categorical),
            "exact": [datetime.date(2024, 1, 1), None],
            "things": pl.Series([object(), None], dtype=pl.Object),
        }
    )
    text = said(frame, 8000)
    assert '{"a": 1}' in text
    assert '1 distinct: "x" 100%' in text
    assert "always 2024-01-01, 1 missing (50%)" in text
    assert "cannot be read" not in text


def test_chunks_are_sampled_over_all_of_them():
    chunks = [pa.table({"a": np.arange(place * 100, place * 100 + 100)}) for place in range(3000)]
    text = said(pa.concat_tables(chunks))
    assert "300,000 rows" in text
    assert "0 … 299999" in text


def test_columns_and_indexes_of_their_own():
    assert "pandas Series of 2 values, int64: 1 … 2, mean 1.5" in said(pd.Series([1, 2], name="قیمت"))
    assert "polars Series of 2 values, Int64: 1 … 2, mean 1.5" in said(pl.Series("a", [1, 2]))
    assert "pyarrow ChunkedArray in 1 chunk of 2 values, int64: 1 … 2" in said(pa.chunked_array([[1, 2]]))
    assert "pyarrow Int64Array of 2 values, int64: 1 … 2" in said(pa.array([1, 2]))
    assert "pandas Categorical of 1 value, category of 1" in said(pd.Categorical(["a"]))
    assert (
        said(pd.RangeIndex(10**12))
        == "`v`: pandas RangeIndex of 1,000,000,000,000 labels, from 0 to 1000000000000 by 1"
    )
    assert "pandas Index of 2 values" in said(pd.Index(["الف", "ب"]))
    assert "pandas DatetimeIndex of 3 values" in said(pd.date_range("2024-01-01", periods=3))


def test_a_multi_index_is_told_by_its_levels():
    index = pd.MultiIndex.from_product([["تهران", "شیراز"], range(50)], names=["شهر", None])
    found = described(index)
    assert "100 labels in 2 levels" in found.text
    assert "- شهر (" in found.text
    assert "2 different labels: تهران, شیراز" in found.text
    assert found.cut == "Left out: 92 of 100 labels."
    frame = pd.DataFrame({"a": range(100)}, index=index)
    assert "Index: MultiIndex of 2 levels, from" in said(frame)


def test_labels_of_rows_are_shown():
    text = said(pd.DataFrame({"a": [1, 2]}, index=pd.Index(["ردیف", "b"], name="کلید")))
    assert "| کلید | a |" in text
    assert "| ردیف | 1 |" in text


def test_columns_with_one_name_are_all_there():
    text = said(pd.DataFrame([[1, "x"]], columns=["a", "a"]))
    assert "| 0 | 1 | x |" in text


def test_groups_are_told_and_not_computed():
    frame = pd.DataFrame({"شهر": ["a", "b"], "n": [1, 2]})
    groups = frame.groupby("شهر")
    assert "pandas DataFrameGroupBy, grouped by شهر, of a DataFrame, 2 rows × 2 columns" in said(groups)
    assert "grouped by" in said(groups["n"])
    assert 'grouped by ["شهر", "n"]' in said(frame.groupby(["شهر", "n"]))


def test_a_lazy_frame_is_not_collected():
    def forbidden(_):
        raise AssertionError("collected")

    lazy = pl.LazyFrame({"نام": ["x"], "n": [1]}).with_columns(
        pl.col("n").map_batches(forbidden, return_dtype=pl.Int64)
    )
    text = said(lazy)
    assert "polars LazyFrame, not collected" in text
    assert "- نام (String)" in text
    assert "- n (Int64)" in text


def test_a_lazy_frame_whose_file_is_gone_says_so(tmp_path):
    text = said(pl.scan_csv(tmp_path / "gone.csv"))
    assert "not collected" in text


def test_cells_that_set_traps_spring_none():
    trapped, query = Trapped(), Query()
    cells = np.empty(3, dtype=object)
    cells[0], cells[1] = trapped, query
    frame = pd.DataFrame({"a": pd.Series(cells, dtype=object)})
    Query.runs = 0
    text = said(frame)
    assert "1 describing.Trapped, 1 describing.Query, 1 missing (33%)" in text
    assert "Trapped()" in text
    assert Query.runs == 0


def test_nothing_is_changed():
    frame = pd.DataFrame({"a": [3, 1, 2], "b": ["x", None, "y"], "c": pd.Categorical(["u", "v", "u"])}, index=[9, 8, 7])
    before = frame.copy(deep=True)
    said(frame)
    said(frame.groupby("b"))
    pd.testing.assert_frame_equal(frame, before)
    assert not getattr(frame, "_item_cache", None)


@pytest.mark.parametrize("make", [as_pandas, as_arrow])
def test_a_large_table_is_not_copied(make):
    table = make({name: np.zeros(2_000_000) for name in "abcdef"})  # 96 MB
    said(make({"a": np.zeros(200_000)}))  # what libraries load for themselves
    tracemalloc.start()
    try:
        said(table)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
