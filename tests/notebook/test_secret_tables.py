"""Values under the name of a secret, in tables that were printed and in columns that have no name of their own."""

import random
import re

import pytest

from liara_magic.notebook.pieces import piece_of_value
from liara_magic.notebook.printed import cut_middle
from liara_magic.notebook.redaction import Redactor
from liara_magic.notebook.secret_tables import tabled_secrets

pd = pytest.importorskip("pandas")

SECRETS = ["hunter2", "letmein", "correct horse battery", "two  spaces", "9876543", "pässwört", "گذرواژه‌ام"]
OTHERS = ["ann", "bob smith", "cy", "dee", "eve", "fay", "علی"]
FRAME = pd.DataFrame({"user": OTHERS, "password": SECRETS, "n": range(7)})
FRAMES = {
    "in the middle": FRAME,
    "alone": FRAME[["password"]],
    "first": FRAME[["password", "n"]],
    "last": FRAME[["n", "password"]],
    "of two words": FRAME.rename(columns={"password": "api key"}),
    "ends in one": FRAME.rename(columns={"password": "user password"}),
    "with labels": FRAME.set_index("user"),
    "with labels in levels": FRAME.set_index(["user", "n"]),
    "with dates": FRAME.set_index(pd.date_range("2024", periods=7)),
    "columns have a name": FRAME.rename_axis("columns", axis=1),
    "columns and labels have a name": FRAME.rename_axis("columns", axis=1).rename_axis("id"),
    "names in levels": pd.concat({"all": FRAME}, axis=1),
    "two of them": FRAME.assign(api_key=SECRETS[::-1]),
    "long": pd.concat([FRAME] * 20, ignore_index=True),
    "wide": pd.concat([FRAME, pd.DataFrame({f"a long name {i}": ["some long text"] * 7 for i in range(8)})], axis=1),
    "gaps": FRAME.assign(password=[None, *SECRETS[1:5], "", float("nan")]),
}


def redact(text):
    return Redactor((), {}).redact(text).text


def left(text):
    """The words of secrets that ``text`` still holds."""
    words = [word for secret in SECRETS for word in secret.split()]
    return [word for word in words if re.search(rf"(?<!\w){word}(?!\w)", text)]


def shown(frame):
    with pd.option_context("display.width", 60, "display.max_columns", 50):
        wrapped = repr(frame)
    return [repr(frame), wrapped, frame.to_string(), frame.to_string(index=False)]


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_that_is_shown_keeps_such_a_column(name):
    frame = FRAMES[name]
    for text in shown(frame):
        found = redact(f"Loaded.\n{text}\n\nDone, 2 files.")
        assert not left(found)
        assert found.startswith("Loaded.\n") and found.endswith("\n\nDone, 2 files.")
        assert found.count("\n") == text.count("\n") + 3


def test_what_stands_beside_it_stays():
    rows = redact(repr(FRAME)).split("\n")[1:]
    for row, user, number in zip(rows, OTHERS, range(7), strict=True):
        assert re.fullmatch(rf"{number} +{user} +\[hidden: value of a column {number + 1}\]  {number}", row)


def test_equal_values_have_equal_marks_and_no_value_has_none():
    frame = pd.DataFrame({"token_count": [1, 2, 3], "api_key": ["abc", None, "abc"], "n": [1, 2, 3]})
    text = redact(repr(frame))
    assert text.count("[hidden: value of a column 1]") == 2 and "column 2" not in text
    assert re.search(r"1 +2 +(None|nan|NaN)  2", text)


@pytest.mark.parametrize(
    "series",
    [
        FRAME["password"],
        pd.concat([FRAME["password"]] * 20),
        FRAME.set_index("user")["password"],
        FRAME["password"].astype("category"),
        FRAME.loc[0],
        FRAME.loc[2],
    ],
)
def test_a_series_that_is_shown_keeps_such_values(series):
    assert not left(redact(f"x\n{series!r}"))


def test_a_row_keeps_the_one_value():
    assert re.search(r"user +ann\npassword +\[hidden: value of a column 1\]\nn +0\n", redact(repr(FRAME.loc[0])))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("labels", [True, False])
def test_csv_keeps_such_a_column(mark, labels):
    frame = FRAME.assign(note=[f"a {mark} b", 'say "hi"', "", *"wxyz"])
    text = redact(frame.to_csv(sep=mark, index=labels))
    assert not left(text)
    assert all(other in text for other in OTHERS) and '"say ""hi"""' in text


def test_bars_keep_such_a_column():
    rows = "".join(f"| {user} | {secret} |\n" for user, secret in zip(OTHERS, SECRETS, strict=True))
    text = redact(f"| user | password |\n|---|---|\n{rows}")
    assert not left(text)
    assert text.startswith("| user | password |\n|---|---|\n| ann | [hidden: value of a column 1] |\n")
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"user": OTHERS, "password": SECRETS})
    assert not left(redact(repr(frame)))
    assert "│ str       ┆ str" in redact(repr(frame))


LONG = pd.DataFrame({"user": [f"u{i}" for i in range(300)], "password": [f"s{i:03d}cret" for i in range(300)], "n": 1})


@pytest.mark.parametrize(
    "text",
    [
        LONG.to_string(),
        LONG.set_index("user").to_string(),
        LONG.to_string(index=False),
        LONG.to_csv(),
        LONG.to_csv(index=False),
        LONG["password"].to_string() + "\nName: password, dtype: object",
        "".join(f"| {user} | {secret} |\n" for user, secret in [("user", "password"), *LONG.values[:, :2]]),
    ],
)
def test_a_cut_through_the_middle_leaves_no_part_of_one(text):
    for most in range(1000, 1060):
        found = redact(cut_middle(text, most))
        assert not re.search(r"s\d+\w*|\d*cret", found.partition("characters left out")[2]), found
        assert not re.search(r"s\d\d\d?\w*", found), found


@pytest.mark.parametrize(
    "text",
    [
        "    return password\nmain()  # run the\nx = 1",
        "  user  password\n  ----  --------\n  ann   hunter2",  # may be anything: the columns do not end at one place
        "self.user = user\nself.password = None\nself.account  = accounts",
        "user, password = ask()\nhost, location = where()",
        "| flag | password |\n|---|---|\n| type | string |\n| required | yes |",
        "words:\npassword\nsunshine\nprincess\n",
        "The secret token\nis here   and then\nit  goes on  so..",
        "password,n",
        "  password",
        "a  b\n1  2\nName: x, dtype: int64",
        "| name | pass |\n|---|---|\n| Ann | yes |\n| Bob | no |",
        "name,pass\nAnn,1\nBob,0",
    ],
)
def test_what_only_looks_a_little_like_a_table_stays(text):
    assert list(tabled_secrets(text)) == [] or text.startswith("| flag")
    assert redact(text) == text or text.startswith("| flag")


def test_columns_that_have_no_name_are_called_as_the_notebook_calls_them():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"user": ["ann", "bob"], "password": ["hunter2", "letmein"]})
    for name, value in (
        ('t["password"]', table["password"]),
        ("passwords", table["password"].combine_chunks()),
        ("df.password.array", pd.array(["hunter2", "letmein"], dtype="string")),
        ("api_keys", pd.Series(["hunter2", "letmein"])),
        ("t", table),
    ):
        text = piece_of_value(value, name, 4000, redact).text
        assert not left(text) and "[hidden: value of a column 2]" in text
    assert "hunter2" in piece_of_value(table["password"], "t[1]", 4000, redact).text
    assert "hunter2" in piece_of_value(table["password"], 't["password"]', 4000).text  # redact is off


def test_any_text_can_be_looked_through():
    dice = random.Random(7)
    parts = ["password", "api key", *' |│,;\t\n\nx…"\rس', "  ", "    ", "\n\n", "0  ab", "Categories ("]
    parts += ["\n… 5 characters left out …\n", "dtype: category", "Name: password, dtype: str"]
    for _ in range(20_000):
        text = "".join(dice.choices(parts, k=dice.randint(1, 30)))
        for start, end, _ in tabled_secrets(text):
            assert 0 <= start < end <= len(text) and "\n" not in text[start:end]
