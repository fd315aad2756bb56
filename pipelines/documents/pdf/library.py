"""Gives pdfium a CJK font for PDFs that do not embed theirs. Import this before any PDF is opened; importing it is all there is to do.

Without a font for 宋体 or 仿宋 on the machine pdfium knows no width for such glyphs: characters drawn one by one or on turned
pages then vanish from the text layer without a word. The font wheel the project needs for typesetting serves here as well.
"""

from __future__ import annotations

import ctypes
import sys
from importlib.util import find_spec
from pathlib import Path

import pypdfium2  # noqa: F401  (initialises the library)
import pypdfium2.raw as pdfium
from pypdfium2.internal import bases

_SYSTEM = ("/usr/share/fonts", "/usr/share/X11/fonts/Type1", "/usr/share/X11/fonts/TTF", "/usr/local/share/fonts")
_kept: list[object] = []  # pdfium keeps the addresses


def font_folders() -> list[Path]:
    """Where pdfium looks for fonts: the system's folders first, then that of the font wheel."""
    folders = [Path(p) for p in _SYSTEM]
    spec = find_spec("manimgx_fonts_cjk")
    if spec is not None and spec.origin is not None:
        folders.append(Path(spec.origin).parent)
    return [folder for folder in folders if folder.is_dir()]


def _add_fonts() -> None:
    """Starts pdfium again with the font folders; left as it is where somebody holds an open PDF, or off Linux (own font services)."""
    if not sys.platform.startswith("linux") or any(len(objects) for objects in bases.ObjectTracker.values()):
        return
    names = [ctypes.create_string_buffer(str(folder).encode()) for folder in font_folders()]
    paths = (ctypes.POINTER(ctypes.c_char) * (len(names) + 1))()
    for i, name in enumerate(names):
        paths[i] = ctypes.cast(name, ctypes.POINTER(ctypes.c_char))
    _kept.extend([names, paths])
    pdfium.FPDF_DestroyLibrary()
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths, m_pIsolate=None, m_v8EmbedderSlot=0))


_add_fonts()
