"""PDF pages → a scan: each page an image, with resolution, tilt, noise, and a stamp over the figures by choice."""

from __future__ import annotations

import io
import random
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw


@dataclass(frozen=True)
class Scanner:
    """How a scanner spoils a page: dots per inch, largest tilt in degrees, noise (standard deviation of grey), a red stamp."""

    dpi: int = 200
    tilt: float = 0.0
    noise: float = 4.0
    stamp: bool = False
    quality: int = 82


def write(pdf: bytes, scanner: Scanner, seed: int = 0) -> bytes:
    """A PDF of images of the given PDF's pages, in grey (colour where there is a stamp). Same input, same bytes."""
    dice = random.Random(seed)
    noise = np.random.default_rng(seed)
    pages = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            image = page.render(scale=scanner.dpi / 72).to_pil().convert("RGB" if scanner.stamp else "L")
            if scanner.stamp:
                _stamp(image, dice, scanner.dpi)
            if scanner.tilt:
                angle = dice.uniform(-scanner.tilt, scanner.tilt)
                image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor="white" if scanner.stamp else 255)
            if scanner.noise:
                pixels = np.asarray(image, dtype=np.int16)
                grain = noise.normal(0, scanner.noise, pixels.shape).astype(np.int16)
                image = Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))
            pages.append(image)
    finally:
        document.close()
    buffer = io.BytesIO()
    fixed: dict[str, Any] = {"creationDate": time.gmtime(946684800), "modDate": time.gmtime(946684800)}
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=scanner.dpi, quality=scanner.quality, **fixed)
    return buffer.getvalue()


def _stamp(image: Image.Image, dice: random.Random, dpi: int) -> None:
    """A round red seal at the lower right, as on signed reports: it covers figures and lets them show through."""
    size = int(1.6 * dpi)
    seal = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(seal)
    red = (214, 40, 40, 150)
    width = max(3, dpi // 30)
    draw.ellipse((width, width, size - width, size - width), outline=red, width=width)
    centre, radius = size / 2, size * 0.18
    star = []
    for i in range(10):
        angle = np.pi * i / 5 - np.pi / 2
        r = radius if i % 2 == 0 else radius * 0.4
        star.append((centre + r * np.cos(angle), centre + r * np.sin(angle)))
    draw.polygon(star, fill=red)
    x = int(image.width * dice.uniform(0.5, 0.7))
    y = int(image.height * dice.uniform(0.35, 0.7))
    image.paste(Image.alpha_composite(image.crop((x, y, x + size, y + size)).convert("RGBA"), seal).convert("RGB"), (x, y))
