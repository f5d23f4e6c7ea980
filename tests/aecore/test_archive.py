"""Archives from anywhere: what is in them, and what is not unpacked."""

import io
import resource
import zipfile

import pytest

from aecore.data import archive
from aecore.errors import DataError


def packed(contents, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in contents.items():
            made.writestr(name, content)
    return file.getvalue()


def test_files_come_in_the_order_of_their_names_without_what_systems_leave_behind():
    content = packed({
        "b.png": b"2", "a/c.png": b"1", "__MACOSX/._b.png": b"x", ".DS_Store": b"x", "a/": b"",
    })  # fmt: skip
    assert archive.is_archive(content)
    assert archive.files(content) == [("a/c.png", b"1", ""), ("b.png", b"2", "")]


def test_a_bomb_is_not_unpacked_and_says_so():
    bomb = packed({"bomb.png": bytes(300_000_000), "fine.png": b"1"})
    assert len(bomb) < 400_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first, second = archive.files(bomb)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert first.content == b""
    assert first.problem == "bomb.png has over 20 MB; make it smaller"
    assert second == ("fine.png", b"1", "")
    assert grown < 100_000  # kilobytes


def test_many_files_and_a_large_total_are_refused_in_a_sentence():
    many = packed({f"{i}.png": b"" for i in range(501)})
    with pytest.raises(DataError, match=r"^class\.zip holds 501 files; pack at most 500"):
        archive.files(many, "class.zip")
    large = packed({f"{i}.png": bytes(19_000_000) for i in range(11)})
    with pytest.raises(DataError, match="unpacks to over 200 MB; pack fewer"):
        archive.files(large)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (packed({"[Content_Types].xml": b"<x/>", "word/a.png": b"1"}), "is an office document"),
        (packed({"a.png": b"abc"})[:-30], "damaged"),
        (packed({"__MACOSX/x": b"abc"}), "is an empty .zip"),
    ],
)
def test_what_is_no_archive_of_pictures_gets_a_sentence(content, sentence):
    with pytest.raises(DataError, match=sentence):
        archive.files(content)


def test_a_damaged_file_does_not_stop_the_others():
    content = bytearray(packed({"a.png": b"a" * 100, "b.png": b"b"}, zipfile.ZIP_STORED))
    content[content.index(b"a" * 100)] ^= 1
    first, second = archive.files(bytes(content))
    assert first.problem == "a.png is damaged and can't be unpacked; pack it again"
    assert second.content == b"b"
    encrypted = bytearray(packed({"a.png": b"abc"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(signature) + offset] |= 1
    (only,) = archive.files(bytes(encrypted))
    assert "without a password" in only.problem
