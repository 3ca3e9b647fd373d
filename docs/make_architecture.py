"""The picture of architecture.md: `python -m docs.make_architecture` writes docs/images/architecture.svg.

The rooms of the code from the ground up, which way imports go, and what becomes of a clip on its way up. The
same code gives the same bytes; tests compare them, and the order of the rooms with the allowed imports. Not
here: the words of the page (`architecture.md`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from docs.drawing.outlines import INK
from docs.drawing.panels import AMBER, BLUE, WIDTH_PX, arrow, picture
from docs.drawing.svg import line, rect, text

__all__ = ["PICTURE", "ROOMS", "architecture", "main"]

PICTURE = Path(__file__).with_name("images") / "architecture.svg"
ROOMS: Final[tuple[tuple[str, str], ...]] = (
    ("cli", "commands, exit codes"),
    ("web", "pages served, at the door"),
    ("desk", "clips, jobs, reviews, rights"),
    ("workflow", "services, result folders"),
    ("pages, overlay", "show, and only show"),
    ("progress", "over time"),
    ("store", "runners, one SQLite file"),
    ("screen", "both legs, one person"),
    ("report", "one clip"),
    ("plan", "drills.toml"),
    ("rules", "rules.toml"),
    ("engine.conclude", "arithmetic"),
    ("engine.observe", "pixels"),
    ("engine.evidence", "what was seen, and its file"),
    ("video, models", "decoding, weights"),
    ("settings, corrections", "what a person says"),
    ("profile", "answers"),
    ("types, names", "arrays with units"),
    ("errors, quantities", "codes, labels"),
)
"""Names of a row of the picture, from the roof down, and what is in it."""
_ROW_PX, _TOP_PX, _LEFT_PX, _BOX_PX = 42, 40, 38.0, 198.0
_PILL_X, _PILL_PX = 246.0, 106.0
_MADE: Final = (
    ("pixels", "video, models"),
    ("evidence.npz", "engine.observe"),
    ("numbers, ±", "engine.conclude"),
    ("report.json", "report"),
    ("page, video", "pages, overlay"),
    ("result folder", "workflow"),
)
"""What becomes of a clip, from the ground up, and the row where it does."""
_TINTS: Final = {"engine": "#e3eef8", "rules": "#fdf3dc", "plan": "#fdf3dc"}


def architecture() -> str:
    """The picture as SVG."""
    height = _TOP_PX + _ROW_PX * len(ROOMS) + 8
    parts = [
        text((_LEFT_PX, 24), "rooms of the code", INK, 14, bold=True),
        text((_PILL_X, 24), "way of a clip", BLUE, 14, bold=True),
    ]
    for n, (names, inside) in enumerate(ROOMS):
        y = _TOP_PX + _ROW_PX * n
        tint = _TINTS.get(names.split(".")[0], "#f4f3ef")
        parts += [
            rect((_LEFT_PX, y), (_BOX_PX, _ROW_PX - 4), tint, "#777", 1, round_px=4),
            text((_LEFT_PX + 8, y + 16), names, INK, 14, bold=True),
            text((_LEFT_PX + 8, y + 32), inside, "#444", 13),
        ]
    parts += _imports(height)
    return picture(
        height, "Rooms of the code: imports go down, what is made of a clip goes up", [*parts, *_way()]
    )


def _imports(height: float) -> list[str]:
    """The arrow along the left edge."""
    x, middle = 24.0, height / 2
    turned = f'<g transform="rotate(-90 {x - 7:g} {middle:g})">'
    return [
        arrow((x, _TOP_PX), (x, height - 14), "#555", 2),
        turned + text((x - 7, middle), "imports go down only", "#444", 14, "middle") + "</g>",
    ]


def _way() -> list[str]:
    """What is made of a clip, and where a person's corrections come in."""
    middle, parts, before = _PILL_X + _PILL_PX / 2 - 6, [], None
    for name, row in _MADE:
        y = _row_px(row)
        if before is not None:
            parts.append(arrow((middle, before - 14), (middle, y + 15), BLUE, 2))
        parts += _pill(name, y, BLUE)
        before = y
    low, high = _row_px("settings, corrections"), _row_px("engine.conclude")
    edge = WIDTH_PX - 4.0
    return [
        *parts,
        *_pill("corrections", low, AMBER),
        line([(_PILL_X + _PILL_PX - 6, low), (edge, low), (edge, high)], AMBER, 2),
        arrow((edge, high), (_PILL_X + _PILL_PX - 4, high), AMBER, 2),
    ]


def _pill(name: str, y: float, colour: str) -> list[str]:
    size = (_PILL_PX - 6, 27)
    return [
        rect((_PILL_X, y - 13.5), size, "#fff", colour, 1.6, round_px=13),
        text((_PILL_X + size[0] / 2, y + 4.5), name, colour, 13, "middle"),
    ]


def _row_px(names: str) -> float:
    """Middle of a row."""
    return _TOP_PX + _ROW_PX * [each for each, _ in ROOMS].index(names) + (_ROW_PX - 4) / 2


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(architecture(), encoding="utf-8", newline="\n")
    print(f"docs/images/{PICTURE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
