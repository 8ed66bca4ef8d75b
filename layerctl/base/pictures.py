"""The head of an image file: whether it can be an image, told without decoding it."""

from __future__ import annotations

from pathlib import Path

from layerctl.base.reading import head, reason

SMALLEST = 20
"""No image file of a known format has fewer bytes."""
PNG = b"\x89PNG\r\n\x1a\n"
MAGIC = (PNG, b"\xff\xd8", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*")
"""How PNG, JPEG, GIF, BMP, WebP and TIFF files begin."""


def damage(path: Path) -> str | None:
    """Why a file certainly is no image; None if it may be one."""
    try:
        begin = head(path, 32)
    except FileNotFoundError:
        return "it is a link to nothing"
    except OSError as error:
        return reason(error)
    if not begin:
        return "it is empty"
    if begin.lstrip()[:9].lower().startswith((b"<html", b"<!doctype")):
        return "it is a web page"
    if begin.startswith(MAGIC) and len(begin) < SMALLEST:
        return "it is cut off"
    if begin.startswith(PNG) and (begin[12:16] != b"IHDR" or b"\0\0\0\0" in (begin[16:20], begin[20:24])):
        return "its head is damaged"
    return None
