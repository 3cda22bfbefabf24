"""Files by what their bytes say, addresses by their endings; what cannot be sent is named in one line."""

import os

import pytest

from liara_magic import LiaraUsageError
from liara_magic.notebook.files import LARGEST, attached_address, attached_file


def refused(path):
    with pytest.raises(LiaraUsageError) as error:
        attached_file(path)
    assert "\n" not in error.value.message
    return error.value.message


def png_header(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"


def test_a_file_of_three_gigabytes_is_refused_without_reading_it(tmp_path):
    path = tmp_path / "log.bin"
    with path.open("wb") as file:
        file.truncate(3 * 2**30)  # sparse: it takes no room
    assert refused(path) == f"{path} has 3,072 MB, and 20 MB is the most that can be attached."


def test_the_largest_file_is_twenty_megabytes(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_bytes(b"a" * LARGEST)
    assert attached_file(path).size == LARGEST
    path.write_bytes(b"a" * (LARGEST + 1))
    assert "20 MB is the most" in refused(path)


def test_a_picture_says_its_size_and_one_that_no_model_takes_is_refused(tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(png_header(8000, 3000))
    found = attached_file(path)
    assert (found.kind, found.tokens) == ("image, 8,000 × 3,000 pixels", 32_000)
    path.write_bytes(png_header(8001, 10))
    assert "8,000 is the most that a side may have" in refused(path)
    path.write_bytes(png_header(0, 0))
    assert "0 × 0 pixels" in refused(path)


def test_a_damaged_picture_is_named(tmp_path):
    path = tmp_path / "photo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    assert refused(path) == f"{path} is a damaged image/png."


@pytest.mark.parametrize(
    "junk",
    [bytes(range(256)), bytes(range(1, 32)) * 30, b"\x7fELF\x02\x01\x01\0", b"\x1f\x8b\x08\x04", b"\xff\xfe\0\xd8"],
)
def test_binary_junk_is_no_text(tmp_path, junk):
    path = tmp_path / "junk"
    path.write_bytes(junk)
    assert "neither text nor an image, a PDF or a sound" in refused(path)


def test_text_with_colours_of_a_terminal_is_text(tmp_path):
    path = tmp_path / "run.log"
    path.write_text("\x1b[31mfailed\x1b[0m: سلام\n" * 3, "utf-8")
    assert "سلام" in attached_file(path).text


def test_what_is_no_file_is_named(tmp_path):
    assert "is no file" in refused(tmp_path)
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert refused(empty) == f"{empty} is empty."
    assert "cannot be read: No such file" in refused(tmp_path / "missing")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in refused(tmp_path / "pipe")


def test_addresses_are_pictures_or_documents_and_carry_no_password():
    assert attached_address("https://a.example/x.PNG?size=2").part["type"] == "image_url"
    assert attached_address("https://a.example/paper.pdf").part["file"]["filename"] == "paper.pdf"
    for url, said in {
        "https://me:secret@a.example/x.png": "has a password in it",
        "https://a.example/page": "neither a picture nor a PDF",
        "https://[/x.png": "is no address",
    }.items():
        with pytest.raises(LiaraUsageError, match=said) as error:
            attached_address(url)
        assert "secret" not in str(error.value)
