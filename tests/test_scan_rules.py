"""Page images made ready: rules hard to find, watermarks and seals taken out. Pages are drawn pixel by pixel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

cv2 = pytest.importorskip("cv2", reason="the ocr extra is not installed")

from pipelines.documents.scan.image import prepare  # noqa: E402
from pipelines.documents.scan.seal import turned, without_seals  # noqa: E402

SCALE = 200 / 72


def ruled(levels: list[int], uprights: list[int], grey: int, *print_: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A page with the rules of a table and, in the columns of pixels `print_`, print as near to the level rules as small type stands."""
    page = np.full((800, 1600), 253, np.uint8)
    for y in levels[:-1]:
        for start, end in print_:
            for x in range(start, end, 30):
                page[y + 7 : y + 29, x : x + 22] = 30
    for y in levels:
        page[y : y + 2, uprights[0] : uprights[-1] + 2] = grey
    for x in uprights:
        page[levels[0] : levels[-1] + 2, x : x + 2] = grey
    return page


@pytest.mark.parametrize("columns", [((520, 860),), ((120, 460), (520, 860))])
def test_a_pale_rule_beside_print(columns: tuple[tuple[int, int], ...]) -> None:
    """Print near a pale rule makes it look light: what is found of it is followed to its end, else it is told by the rules it joins."""
    levels = list(range(100, 300, 34))
    found = prepare(ruled(levels, [100, 500, 900], 205, *columns), SCALE).horizontal * SCALE
    for y in levels:
        runs = [h for h in found.tolist() if abs(h[0] - y - 1) < 3]
        assert runs, y
        assert min(h[1] for h in runs) < 110, y
        assert max(h[2] for h in runs) > 890, y


def test_upright_rules_of_a_low_row() -> None:
    """A table of one row that goes on from the page before: its upright rules are no longer than the strokes of a big character."""
    for levels in ([100, 136], [100, 136, 172]):  # longer ones are found by their length, once
        found = prepare(ruled(levels, [100, 400, 700, 1000], 60), SCALE)
        assert [round(v[0] * SCALE / 100) for v in sorted(found.vertical.tolist())] == [1, 4, 7, 10]


@pytest.mark.parametrize(("grey", "width"), [(222, 4), (30, 9)])
def test_what_crosses_a_row_need_not_be_a_rule(grey: int, width: int) -> None:
    """The stroke of a watermark is paler than the rules of the table, a block of ink is thicker."""
    page = ruled([100, 136, 172, 208], [100, 400, 700, 1000], 30)
    region = page[100:136, 540 : 540 + width]
    region[region > 200] = grey
    found = prepare(page, SCALE)
    assert not [v for v in found.vertical.tolist() if 500 < v[0] * SCALE < 600]


def test_a_dark_rule_does_not_go_on_in_a_smudge() -> None:
    """What noise leaves beyond the corner of a table is no part of its rules, else the table would begin with a row of nothing."""
    page = ruled([100, 150, 200], [100, 400, 700], 30)
    page[90:100, 700:702] = 230
    found = prepare(page, SCALE)
    assert min(v[1] for v in found.vertical.tolist()) * SCALE > 97


@pytest.mark.parametrize("grey", [200, 228])
def test_a_watermark_is_taken_out(grey: int) -> None:
    """Pale words behind the print are no ink, between the characters as beside them; a pale stroke of thin type stays."""
    page = np.full((400, 800), 253, np.uint8)
    page[100:300, 380:400] = grey
    page[190:210, 200:600] = grey
    for x in range(220, 580, 20):
        page[188:212, x : x + 3] = 20
    page[60:63, 100:140] = 210
    ink = prepare(page, SCALE).ink
    assert not ink[100:180, 370:410].any()
    assert not ink[188:212, 228:236].any()
    assert ink[188:212, 221].all()
    assert ink[61, 101:139].all()


@pytest.mark.parametrize(("seal", "through"), [((40, 40, 214), 0.41), ((30, 30, 200), 1.0), ((190, 60, 40), 0.41)])
def test_a_seal_is_bleached(seal: tuple[int, int, int], through: float) -> None:
    """A seal laid over print by a program (print shows through) or stamped on it (print stays black): only the print is left."""
    page = np.full((600, 800, 3), 253, np.uint8)
    for y in range(100, 500, 40):
        page[y : y + 20, 200:206] = page[y : y + 20, 420:426] = 20
    ring = np.zeros((600, 800), np.uint8)
    cv2.circle(ring, (424, 300), 140, 255, 9)
    cv2.circle(ring, (424, 300), 40, 255, -1)
    ink = np.array(seal) * (1 - through) + page * through if through < 1 else np.minimum(page, np.array(seal))
    print_ = page[:, :, 0] < 100
    page[ring > 0] = ink[ring > 0].astype(np.uint8)
    grey, (place, *_) = without_seals(page, SCALE)
    assert grey[~cv2.dilate(print_.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)].min() > 235
    assert grey[print_].max() < 150
    assert all(abs(a - b) < 8 for a, b in zip(place, (280, 156, 568, 444), strict=True))


def test_coloured_print_is_no_seal() -> None:
    """Red words and a red frame stay dark: they are smaller or larger than a seal."""
    page = np.full((900, 900, 3), 253, np.uint8)
    page[100:130, 100:400] = page[200:204, 50:850] = page[800:804, 50:850] = page[200:804, 50:54] = page[200:804, 846:850] = (20, 20, 220)
    grey, seals = without_seals(page, SCALE)
    assert seals == []
    assert grey[115, 200] < 120
    assert grey[202, 400] < 120


def test_rules_go_on_under_a_seal() -> None:
    """Pale rules lost under a ring: pieces on both sides are one rule, the last piece is led on to the rail beyond."""
    levels = list(range(100, 500, 40))
    page = ruled(levels, [100, 500, 900, 1100], 205)
    seal = (800, 150, 1060, 410)
    ring = np.zeros(page.shape, np.uint8)
    cv2.circle(ring, (930, 280), 125, 255, 12)
    page[ring > 0] = 253
    page[250:310, 850:1060] = 253

    def rules_of(places: list[tuple[int, int, int, int]]) -> list[list[float]]:
        found: list[list[float]] = prepare(page, SCALE, 0, places).horizontal.tolist()
        return [h for h in found if 150 < h[0] * SCALE < 400 and h[1] * SCALE < 110 and h[2] * SCALE > 1090]

    assert {round((h[0] * SCALE - 1) / 20) * 20 for h in rules_of([seal])} == {180, 220, 260, 300, 340, 380}
    assert not [h for h in rules_of([]) if 250 < h[0] * SCALE < 310]


def test_places_of_seals_turn_with_the_page() -> None:
    page = np.zeros((40, 100), np.uint8)
    page[5:12, 60:90] = 1
    for quarters in range(4):
        ((x0, top, x1, bottom),) = turned([(60, 5, 90, 12)], quarters, 100, 40)
        image = np.rot90(page, -quarters)
        assert image[top:bottom, x0:x1].all()
        assert image.sum() == (bottom - top) * (x1 - x0)
