"""Raw pdfium functions under prototypes of plain addresses. Only the rooms that read pages call them."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

from pipelines.documents.pdf import library as pdf_library  # noqa: F401  (fonts)

_P, _I, _F = ctypes.c_void_p, ctypes.c_int, ctypes.c_float


def call(name: str, result: Any, *arguments: Any) -> Any:
    """A raw function under a prototype of plain addresses: per character it costs half of what typed pointers cost."""
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(getattr(pdfium, name), _P).value)  # type: ignore[arg-type]


loose_box = call("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
get_text = call("FPDFText_GetText", _I, _P, _I, _I, _P)
unicode = call("FPDFText_GetUnicode", ctypes.c_uint, _P, _I)
angle = call("FPDFText_GetCharAngle", _F, _P, _I)
origin = call("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
char_matrix = call("FPDFText_GetMatrix", _I, _P, _I, _P)
font_size = call("FPDFText_GetFontSize", ctypes.c_double, _P, _I)
text_object = call("FPDFText_GetTextObject", _P, _P, _I)
map_error = call("FPDFText_HasUnicodeMapError", _I, _P, _I)
get_object = call("FPDFPage_GetObject", _P, _P, _I)
form_object = call("FPDFFormObj_GetObject", _P, _P, ctypes.c_ulong)
form_count = call("FPDFFormObj_CountObjects", _I, _P)
remove_object = call("FPDFPage_RemoveObject", _I, _P, _P)
destroy_object = call("FPDFPageObj_Destroy", None, _P)
object_type = call("FPDFPageObj_GetType", _I, _P)
object_bounds = call("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)
object_matrix = call("FPDFPageObj_GetMatrix", _I, _P, _P)
render_mode = call("FPDFTextObj_GetTextRenderMode", _I, _P)
segments = call("FPDFPath_CountSegments", _I, _P)
segment = call("FPDFPath_GetPathSegment", _P, _P, _I)
segment_type = call("FPDFPathSegment_GetType", _I, _P)
segment_point = call("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
segment_close = call("FPDFPathSegment_GetClose", _I, _P)
clip_path = call("FPDFPageObj_GetClipPath", _P, _P)
clip_count = call("FPDFClipPath_CountPaths", _I, _P)
clip_length = call("FPDFClipPath_CountPathSegments", _I, _P, _I)
clip_segment = call("FPDFClipPath_GetPathSegment", _P, _P, _I, _I)
draw_mode = call("FPDFPath_GetDrawMode", _I, _P, _P, _P)
fill_color = call("FPDFPageObj_GetFillColor", _I, _P, _P, _P, _P, _P)
