"""The recogniser: text lines found on a page and read from crops (rapidocr, models in the wheel). One set of models a process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.documents.model import Refused

Grey = npt.NDArray[np.uint8]
HEIGHT = 48
"""Pixels the recogniser scales every line to."""
MAX_CROP_RATIO = 40
BATCH_WIDTH = 6400
"""Width of all lines of one batch: bounds memory, long lines go in small batches."""
DETECT_SIDE = 1600
"""Longer side (pixels) of the page on which lines are looked for; they are read from the full image."""


@dataclass(slots=True, frozen=True)
class Reading:
    """What one crop was read as, with the probability of each character."""

    text: str
    probabilities: tuple[float, ...] = ()

    @property
    def worst(self) -> float:
        """Probability of the least sure digit or sign of a number, where there are any, else character; 0 where nothing was read."""
        numeric = [p for c, p in zip(self.text, self.probabilities, strict=True) if c in "0123456789.,%-+"]
        return min(numeric or self.probabilities, default=0.0)


def available() -> bool:
    """Whether the `ocr` extra is installed and not switched off (JUESUAN_OCR=off)."""
    from importlib.util import find_spec

    if os.environ.get("JUESUAN_OCR", "").lower() in ("off", "0", "no"):
        return False
    return all(find_spec(m) is not None for m in ("rapidocr", "onnxruntime", "cv2"))


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Models load in a second and stay. Threads: JUESUAN_OCR_THREADS, else what OMP_NUM_THREADS leaves, else all cores."""
    try:
        from rapidocr import RapidOCR
    except ImportError:
        raise Refused("unsupported", "a scan, and text recognition is not installed: pip install 'juesuan[ocr]'") from None
    threads = int(os.environ.get("JUESUAN_OCR_THREADS") or 0) or (os.cpu_count() or 1)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def recognise(crops: list[Grey]) -> list[Reading]:
    """Each grey crop of one printed line as text. Crops of like width go through together."""
    if not crops:
        return []
    recogniser = _engine()._load_rec_model()
    ratios = [min(c.shape[1] / max(c.shape[0], 1), MAX_CROP_RATIO) for c in crops]
    order = np.argsort(np.array(ratios), kind="stable")
    out: list[Reading] = [Reading("")] * len(crops)
    at = 0
    while at < len(order):
        end = at
        while end < len(order) and end - at < 32:
            width = max(int(np.ceil(HEIGHT * ratios[order[end]])), 64)
            if end > at and (width * (end - at + 1) > BATCH_WIDTH or width > 1.25 * _width(ratios[order[at]]) + 32):
                break
            end += 1
        batch = [int(i) for i in order[at:end]]
        width = _width(max(ratios[i] for i in batch))
        pixels = np.zeros((len(batch), 3, HEIGHT, width), np.float32)
        for k, i in enumerate(batch):
            crop = crops[i]
            w = min(max(int(np.ceil(HEIGHT * crop.shape[1] / max(crop.shape[0], 1))), 1), width)
            scaled = cv2.resize(crop, (w, HEIGHT), interpolation=cv2.INTER_LINEAR).astype(np.float32)
            pixels[k, :, :, :w] = scaled / 127.5 - 1.0
        for i, reading in zip(batch, _decode(recogniser.session(pixels), recogniser.postprocess_op.character), strict=True):
            out[i] = reading
        at = end
    return out


def _decode(chances: Any, characters: list[str]) -> list[Reading]:
    """Greedy CTC: the likeliest character of each step, repeats and blanks (index 0) dropped."""
    best = chances.argmax(axis=2)
    chance = np.take_along_axis(chances, best[:, :, None], axis=2)[:, :, 0]
    out = []
    for row, values in zip(best, chance, strict=True):
        keep = (row != 0) & np.concatenate(([True], row[1:] != row[:-1]))
        at = np.flatnonzero(keep)
        text = ""
        probabilities: list[float] = []
        for t in at:
            end = t
            while end + 1 < len(row) and row[end + 1] == row[t]:
                end += 1
            character = characters[int(row[t])]
            text += character
            probabilities += [float(values[t : end + 1].max())] * len(character)
        out.append(Reading(text, tuple(probabilities)))
    return out


def _width(ratio: float) -> int:
    return max(int(np.ceil(HEIGHT * ratio)), 64)


def find_lines(grey: Grey) -> list[tuple[int, int, int, int]]:
    """Boxes (x0, top, x1, bottom) in pixels of the text lines on an upright page."""
    factor = min(1.0, DETECT_SIDE / max(grey.shape))
    small = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else grey
    found = _engine()._load_det_model()(np.repeat(small[:, :, None], 3, axis=2))
    if found.boxes is None:
        return []
    height, width = grey.shape
    out = []
    for box in found.boxes:
        x0, top = np.floor(box.min(axis=0) / factor).astype(int)
        x1, bottom = np.ceil(box.max(axis=0) / factor).astype(int)
        out.append((max(int(x0), 0), max(int(top), 0), min(int(x1), width), min(int(bottom), height)))
    return out
