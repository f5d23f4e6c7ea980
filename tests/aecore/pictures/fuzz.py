"""Sends damaged files through the preparation, in a process whose means are limited.

Usage: fuzz.py N. Memory and processor time are bounded by the operating system; whatever is raised
beside DataError ends the process with its trace.
"""

import io
import resource
import signal
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from aecore.data.pictures import open_picture, prepare
from aecore.errors import DataError

MEMORY = 300_000_000  # bytes beside what the libraries take
SECONDS = 2  # of processor time, a file
FORMATS = {
    "PNG": {}, "JPEG": {"quality": 80}, "WEBP": {"quality": 80}, "BMP": {}, "GIF": {},
    "TIFF": {"compression": "tiff_lzw"},
}  # fmt: skip


def seeds() -> list[bytes]:
    """Valid files of every format and kind of pixel."""
    y, x = np.mgrid[:60, :80]
    ring = np.where(abs(np.hypot(x - 40, y - 30) - 18) < 3, 30, 240).astype(np.uint8)
    grey = Image.fromarray(ring)
    deep = Image.fromarray(ring.astype(np.uint16) * 257)
    modes = {
        "PNG": [grey, grey.convert("RGBA"), grey.convert("P"), grey.convert("1"), deep],
        "JPEG": [grey, grey.convert("RGB"), grey.convert("CMYK")],
        "WEBP": [grey.convert("RGB"), grey.convert("RGBA")],
        "BMP": [grey, grey.convert("RGB")],
        "GIF": [grey, grey.convert("P")],
        "TIFF": [grey, grey.convert("CMYK"), deep, Image.fromarray(ring.astype(np.float32))],
    }
    files = [_saved(image, kind) for kind, images in modes.items() for image in images]
    frames = [grey.rotate(10 * i) for i in range(4)]
    for kind in ("GIF", "WEBP", "PNG", "TIFF"):
        files.append(_saved(frames[0], kind, save_all=True, append_images=frames[1:]))
    exif = Image.Exif()
    exif[0x0112] = 6
    files.append(_saved(grey, "JPEG", exif=exif))
    files.append(_saved(grey, "JPEG", progressive=True))
    return files


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **(FORMATS[kind] | options))
    return buffer.getvalue()


def crafted() -> list[bytes]:
    """What no mutation would find: nothing, the wrong thing, and a great deal of it."""
    words = (
        b"",
        b"\0",
        b"MZ\x90\0",
        b"\x7fELF",
        b"<svg/>",
        b"<html></html>",
        b"%PDF-1.7",
        b"GIF89a",
    )
    sizes = ((30_000, 30_000), (40_001, 1000), (1, 65_000), (6320, 6320))
    bombs = [png(*size, colour) for size in sizes for colour in (0, 2, 6)]
    return [*words, *bombs, b"\0" * 1_000_000, b"\xff\xd8" + b"\xff" * 100_000, _gif_bomb()]


def png(width: int, height: int, colour: int) -> bytes:
    """A PNG of zeros, a few kilobytes whatever its size; cut short where it is over the limit."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    squeeze, row = zlib.compressobj(), bytes(1 + channels * width)
    rows = height if width * height <= 40_000_000 else 1
    data = b"".join(squeeze.compress(row) for _ in range(rows)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _gif_bomb() -> bytes:
    """A small screen whose frame says that it is 65,535 px wide and high."""
    frame = b"\x2c\0\0\0\0\xff\xff\xff\xff\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + (frame + b"\x02\x02\x44\x01\0") * 500


def mutated(content: bytes, draw: np.random.Generator) -> bytes:
    """Flip, cut, repeat, insert or overwrite a few places."""
    data = bytearray(content)
    for _ in range(draw.integers(1, 6)):
        place = int(draw.integers(len(data))) if data else 0
        if draw.random() < 0.5:
            place = min(place, int(draw.integers(64)))
        length = int(draw.integers(1, 17))
        kind = draw.integers(5)
        if kind == 0:
            data[place : place + length] = draw.bytes(len(data[place : place + length]))
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = data[place : place + 8 * length]
        elif kind == 3 and place < len(data):
            data[place] ^= 1 << int(draw.integers(8))
        else:
            data[place : place + 4] = draw.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
    return bytes(data[: int(draw.integers(len(data) + 1))] if draw.random() < 0.1 else data)


def _too_slow(*_: object) -> None:
    raise RuntimeError(f"took over {SECONDS} s of processor time")


def send(content: bytes) -> bool:
    """Send one file; whether it was a picture."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        made = prepare(open_picture(content))
    except DataError:
        return False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    assert made.image.shape == (1, 28, 28)
    assert 0 <= made.image.min() <= made.image.max() <= 1
    return True


def main(n: int) -> None:
    """Run, and print how many files were pictures and how much memory they took."""
    valid = seeds()
    assert all(send(content) for content in valid)  # also loads every library
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY, mapped + MEMORY))
    signal.signal(signal.SIGPROF, _too_slow)
    draw = np.random.default_rng(0)
    files = crafted()
    files += [mutated(valid[i % len(valid)], draw) for i in range(n - len(files))]
    read = 0
    for place, content in enumerate(files):
        try:
            read += send(content)
        except BaseException:
            sys.stderr.write(f"file {place} of {len(files)}: {content[:80]!r}\n")
            raise
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert grown <= MEMORY, f"{grown:,} bytes"
    sys.stdout.write(f"{len(files)} files, {read} pictures, {grown / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
