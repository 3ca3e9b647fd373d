"""Evidence as a file, schema `dorsi.evidence/1`: a numpy zip without pickles, arrays as they are, a table of
the rest as JSON. No picture is in it. What is read is the evidence that was written, bit for bit.

Entries may be added, never renamed. Not here: what evidence is (`evidence.py`), what follows from it.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from dorsi.engine.evidence import Evidence, FootTrack, LegFacts, Origin, ShankLook, ToeTrack
from dorsi.errors import EvidenceError, readable
from dorsi.types import BoxPx, ClipInfo, LegTrack, PoseTrack

__all__ = ["EVIDENCE_SCHEMA", "read_evidence", "write_evidence"]

EVIDENCE_SCHEMA: Final = "dorsi.evidence/1"
MOST_BYTES: Final = 256 << 20
"""Ten minutes at 240 frames a second take a fifth of this; what claims more is no evidence."""
DAMAGE: Final = (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error)
"""What reading raises where bytes were lost, or where a file is something else."""
RECORDS: Final[dict[str, type[Any]]] = {
    "leg": LegTrack, "leg_facts": LegFacts, "foot": FootTrack, "toe": ToeTrack,
}  # fmt: skip
"""Parts of the evidence that have both plain values and arrays."""
Array = npt.NDArray[Any]
Part = TypeVar("Part")


def write_evidence(seen: Evidence, path: Path) -> None:
    """Write the evidence of one clip. Raises OSError."""
    arrays: dict[str, Array] = {"time_s": seen.time_s}
    moment = seen.clip.captured_at
    plain = {"path": seen.clip.path.name, "captured_at": moment and moment.isoformat()}
    table: dict[str, Any] = {
        "schema": EVIDENCE_SCHEMA,
        "clip": asdict(seen.clip) | plain,
        "origin": asdict(seen.origin),
        "stride": seen.stride,
        "truncated": seen.truncated,
        "toe_sought": seen.toe_sought,
        "people_height_px": seen.people_height_px,
        "picture_px": [seen.tracks[0].width_px, seen.tracks[0].height_px],
        "views": len(seen.tracks),
    }
    if seen.picture_box_px is not None:
        table["picture_box_px"] = seen.picture_box_px
    for n, track in enumerate(seen.tracks):
        # Most frames were not looked at: only rows with somebody in them are kept.
        rows = np.flatnonzero(np.isfinite(track.xy_px).any(axis=(1, 2)) | track.confidence.any(axis=1))
        arrays[f"view{n}.rows"] = rows
        for name in ("xy_px", "depth_px", "confidence"):
            arrays[f"view{n}.{name}"] = getattr(track, name)[rows]
    for name in RECORDS:
        if (part := getattr(seen, name)) is not None:
            values = {each.name: getattr(part, each.name) for each in fields(part)}
            arrays |= {f"{name}.{key}": v for key, v in values.items() if isinstance(v, np.ndarray)}
            table[name] = {key: v for key, v in values.items() if not isinstance(v, np.ndarray)}
    for each in fields(ShankLook) if seen.shank_looks else ():
        arrays[f"shank.{each.name}"] = np.array([getattr(look, each.name) for look in seen.shank_looks])
    for name in ("room_edges_px", "footwear_looks"):
        if getattr(seen, name) is not None:
            arrays[name] = getattr(seen, name)
    text = readable(json.dumps(table, ensure_ascii=False)).encode("utf-8")
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, table=np.frombuffer(text, np.uint8), **arrays)


def read_evidence(path: Path) -> Evidence:
    """Read evidence of any version 1 writer.

    Raises EvidenceError when the file is missing, damaged, no evidence, or from a newer Dorsi.
    """
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as packed:
            if sum(info.file_size for info in packed.infolist()) > MOST_BYTES:
                raise EvidenceError("evidence_too_large", file=path.name)
            stream.seek(0)
            with np.load(stream, allow_pickle=False) as loaded:
                arrays = {name: np.asarray(loaded[name]) for name in loaded.files}
        return _evidence(json.loads(arrays.pop("table").tobytes().decode("utf-8")), arrays, path)
    except FileNotFoundError:
        raise EvidenceError("evidence_missing", file=path.name) from None
    except DAMAGE as error:
        raise EvidenceError("evidence_damaged", file=path.name) from error


def _evidence(table: dict[str, Any], arrays: dict[str, Array], path: Path) -> Evidence:
    if table["schema"] != EVIDENCE_SCHEMA:
        raise EvidenceError("evidence_newer", file=path.name, schema=table["schema"], known=EVIDENCE_SCHEMA)
    clip = table["clip"]
    clip["path"] = Path(clip["path"])
    if clip.get("captured_at"):
        clip["captured_at"] = datetime.fromisoformat(clip["captured_at"])
    time_s = arrays["time_s"]
    box = table.get("picture_box_px")
    records = {
        name: _only(kind, table[name] | _under(name, arrays)) if name in table else None
        for name, kind in RECORDS.items()
    }
    return Evidence(
        clip=_only(ClipInfo, clip),
        origin=_only(Origin, table["origin"]),
        time_s=time_s,
        stride=int(table["stride"]),
        truncated=bool(table["truncated"]),
        tracks=tuple(_tracks(table, arrays, time_s)),
        shank_looks=tuple(_shank_looks(_under("shank", arrays))),
        room_edges_px=arrays.get("room_edges_px"),
        footwear_looks=arrays.get("footwear_looks"),
        people_height_px=tuple(tuple(map(float, each)) for each in table["people_height_px"]),
        toe_sought=bool(table["toe_sought"]),
        picture_box_px=None if box is None else _box(*box),
        **records,
    )


def _box(left: float, top: float, right: float, bottom: float) -> BoxPx:
    return int(left), int(top), int(right), int(bottom)


def _tracks(table: Mapping[str, Any], arrays: Mapping[str, Array], time_s: Array) -> Iterator[PoseTrack]:
    """Each view's landmarks on every frame, NaN where it found or looked for nobody."""
    width_px, height_px = map(int, table["picture_px"])
    for n in range(int(table["views"])):
        rows = arrays[f"view{n}.rows"]
        parts = {}
        for name, missing in (("xy_px", np.nan), ("depth_px", np.nan), ("confidence", 0.0)):
            known = arrays[f"view{n}.{name}"]
            parts[name] = np.full((len(time_s), *known.shape[1:]), missing)
            parts[name][rows] = known
        yield PoseTrack(time_s, **parts, width_px=width_px, height_px=height_px)


def _shank_looks(columns: Mapping[str, Array]) -> Iterator[ShankLook]:
    for n in range(len(columns["index"]) if columns else 0):
        row = {each.name: columns[each.name][n] for each in fields(ShankLook) if each.name in columns}
        numbers = {name: float(row[name]) for name in row.keys() - {"index", "edges"}}
        yield ShankLook(index=int(row["index"]), edges=row["edges"], **numbers)


def _under(name: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """The arrays of one part, by the names of its fields."""
    return {key.removeprefix(f"{name}."): v for key, v in arrays.items() if key.startswith(f"{name}.")}


def _only(kind: type[Part], values: Mapping[str, Any]) -> Part:
    """A record of what it knows of `values`: a later version may have written more."""
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in values.items() if key in names})
