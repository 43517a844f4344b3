"""Portraits for paper: scaled down and held in the page itself, because the process that prints fetches nothing."""

from __future__ import annotations

import base64
import io
import logging
from typing import IO

from PIL import Image

logger = logging.getLogger(__name__)

PRINTED = (400, 480)  # pixels: 200 dots an inch on 5 by 6 cm, some 30 KB each


def as_data_url(file: IO[bytes]) -> str:
    """Return the picture as an address that holds it; empty where it cannot be read, so that one loss stops nothing."""
    try:
        with Image.open(file) as image:
            content = _jpeg(image)
    except OSError:  # also what Pillow raises for a damaged picture
        logger.exception("A portrait could not be read for print")
        return ""
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def _jpeg(image: Image.Image) -> bytes:
    image.draft("RGB", PRINTED)  # a JPEG is then decoded at a fraction of its size
    image.thumbnail(PRINTED)
    if image.mode != "RGB":
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image)
        image = paper
    output = io.BytesIO()
    image.save(output, "JPEG", quality=82, optimize=True)
    return output.getvalue()
