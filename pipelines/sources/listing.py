"""List pages (公开目录): the links to reports on a page, with the date printed beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

_DATE = re.compile(r"(20\d\d)\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})")


@dataclass(frozen=True)
class Link:
    url: str
    text: str
    published_on: str | None  # ISO date


def links(html: str, base_url: str, pattern: str) -> list[Link]:
    """Links whose address or text matches `pattern`, in page order, each address once; http(s) only."""
    wanted = re.compile(pattern)
    tree = LexborHTMLParser(html)
    base = tree.css_first("base[href]")
    root = urljoin(base_url, (base.attributes.get("href") or "") if base else "")
    found: dict[str, Link] = {}
    for node in tree.css("a[href]"):
        url = urldefrag(urljoin(root, (node.attributes.get("href") or "").strip())).url
        text = " ".join((node.attributes.get("title") or node.text()).split())
        if urlsplit(url).scheme in ("http", "https") and url not in found and (wanted.search(url) or wanted.search(text)):
            found[url] = Link(url, text, next(_dates(node), None))
    return list(found.values())


def _dates(node: LexborNode) -> Iterator[str]:
    """The date printed in the link or in the list item or table row around it."""
    around: LexborNode | None = node
    for _ in range(3):
        if around is None or around.tag in ("ul", "ol", "table", "tbody", "body", "div"):
            return
        if match := _DATE.search(around.text()):
            year, month, day = (int(x) for x in match.groups())
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield f"{year:04d}-{month:02d}-{day:02d}"
        around = around.parent
