"""Makes models/shank_outline.json: how the outline of a shank lies about the line from ankle to knee.

`python -m bench.outline_model OUT.json [--bodies N] [--seed S]` poses bodies of the Anny model (CC0 shapes,
Apache-2.0 code), projects one leg of each as a phone would see it and fits one Gaussian. It needs `anny`,
which is not among Dorsi's dependencies: the file it makes is part of the repository. No picture and no clip
goes into it. Not here: how Dorsi uses it (`dorsi.engine.observe.outline`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

GRID = np.linspace(0.05, 0.95, 19)
"""Where the outline is sampled, in shank lengths from the ankle point to the knee point."""
DENSE = np.linspace(-0.15, 1.15, 53)
DRAWN_SHANK_PX = 320
POSES_A_BODY = 3
POINTS_A_POSE = 2

ANKLE_ALONG, ANKLE_ACROSS = (0.06, 0.025), (0.0, 0.02)
KNEE_ALONG, KNEE_ACROSS = (0.015, 0.045), (0.0, 0.035)
"""Mean and spread of pose-network points about the joints, in shank lengths: ankle points sit 13-25 px too
high at a shank of 250 px, angles are off by 1-2.3 deg a frame on digitised clips."""
FLEXION_SD_DEG = 5.0
CLOTH_M = 0.004
DEEPEST = 0.36
"""A back edge farther behind is the thigh's, which lies on the calf in a deep bend."""
OUTLIER = 2.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw, fit, write; prints how well the outline tells the line on bodies left out."""
    options = _parser().parse_args(sys.argv[1:] if arguments is None else arguments)
    rng = np.random.default_rng(options.seed)
    outlines = draw(options.bodies, rng)
    body, rows = sample(outlines, rng)
    held_out = body % 5 == 0
    mean, covariance = fit(rows[~held_out])
    error = leave_out_error_deg(rows[held_out], mean, covariance)
    print(
        f"{len(rows)} outlines of {body.max() + 1} bodies; on those left out the line is off by "
        f"{error:.2f} deg (1 sd)"
    )
    mean, covariance = fit(rows)
    record = {
        "schema": "dorsi.shank-outline/1",
        "made_by": f"python -m bench.outline_model --bodies {options.bodies} --seed {options.seed}",
        "bodies": "Anny (Apache-2.0 code, CC0 MakeHuman shapes)",
        "variables": "front outline at grid, back outline at grid, knee flexion rad, turn of the line rad",
        "grid": [round(float(s), 4) for s in GRID],
        "mean": [round(float(v), 6) for v in mean],
        "covariance": [[float(f"{v:.5g}") for v in line] for line in covariance],
    }
    options.out.write_text(json.dumps(record) + "\n", encoding="utf-8")
    return 0


def draw(bodies: int, rng: np.random.Generator) -> list[tuple[int, FloatArray, FloatArray, float]]:
    """Body number, front and back outline (len(DENSE),) in joint-line coordinates, knee flexion rad."""
    anny = _Anny()
    found = []
    for number in range(bodies):
        anny.dress({name: float(rng.uniform(*ADULTS.get(name, (0.0, 1.0)))) for name in anny.phenotypes})
        kneeling = rng.random() < 0.35
        for _ in range(POSES_A_BODY):
            shank, thigh = rng.uniform(-3, 48), rng.uniform(65, 88) if kneeling else rng.uniform(5, 55)
            pitch = rng.uniform(0, 20) if rng.random() < 0.2 else 0.0
            skin, knee, ankle, toe = anny.leg(shank, thigh, pitch, float(rng.normal() * 4))
            skin = skin + anny.normals(skin) * rng.uniform(0, CLOTH_M)
            view = _view(knee, ankle, rng)
            front, back = _outline(view(skin), view(np.stack([ankle, knee, toe])), anny.faces)
            if np.isfinite(front[6:48]).all():
                found.append((number, front, back, float(np.radians(shank + thigh))))
    return found


ADULTS = {
    "age": (0.45, 0.9),
    "weight": (0.2, 0.8),
    "height": (0.2, 0.8),
    "muscle": (0.2, 0.85),
    "proportions": (0.2, 0.9),
}


def sample(
    outlines: list[tuple[int, FloatArray, FloatArray, float]], rng: np.random.Generator
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Outlines as seen about points that miss the joints as a network does, and the turn to the true line."""
    bodies, rows = [], []
    for number, front, back, flexion in outlines:
        for _ in range(POINTS_A_POSE):
            ankle = np.array([_normal(rng, ANKLE_ACROSS), _normal(rng, ANKLE_ALONG)])
            knee = np.array([_normal(rng, KNEE_ACROSS), 1 + _normal(rng, KNEE_ALONG)])
            length = float(np.hypot(*(knee - ankle)))
            along = (knee - ankle) / length
            ahead = np.array([along[1], -along[0]])
            seen = []
            for edge in (front, back):
                known = np.isfinite(edge)
                points = np.stack([edge, DENSE], axis=1)[known] - ankle
                order = np.argsort(points @ along)
                seen.append(
                    np.interp(GRID, (points @ along / length)[order], (points @ ahead / length)[order])
                )
            turn = -float(np.arctan2(along[0], along[1]))
            bodies.append(number)
            seen[1] = np.maximum(seen[1], -DEEPEST)
            rows.append(np.concatenate([*seen, [flexion + np.radians(FLEXION_SD_DEG) * rng.normal(), turn]]))
    return np.array(bodies), np.array(rows)


def fit(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance with far rows (folds behind the knee) weighed down."""
    mean, weight = np.median(rows, axis=0), np.ones(len(rows))
    covariance = np.eye(rows.shape[1])
    for _ in range(8):
        mean = np.average(rows, axis=0, weights=weight)
        apart = rows - mean
        covariance = (weight[:, None] * apart).T @ apart / weight.sum()
        distance = np.einsum(
            "ij,jk,ik->i", apart, np.linalg.inv(covariance + 1e-7 * np.eye(len(mean))), apart
        )
        weight = 1 / np.maximum(1, distance / rows.shape[1] / OUTLIER)
    return mean, covariance


def leave_out_error_deg(
    rows: FloatArray, mean: FloatArray, covariance: FloatArray, noise: float = 0.004
) -> float:
    """Robust standard deviation of what the outline says of the turn, deg."""
    seen = covariance[:-1, :-1] + noise**2 * np.eye(len(mean) - 1)
    told = (rows[:, :-1] - mean[:-1]) @ np.linalg.solve(seen, covariance[:-1, -1]) + mean[-1]
    return float(np.degrees(1.4826 * np.median(np.abs(told - rows[:, -1]))))


def _normal(rng: np.random.Generator, about: tuple[float, float]) -> float:
    return float(about[0] + about[1] * rng.normal())


def _view(knee: FloatArray, ankle: FloatArray, rng: np.random.Generator) -> Any:
    """A function from points (N, 3) m to the picture (N, 2), y up, of a phone beside the leg."""
    yaw, side = np.radians(rng.normal() * 8), rng.choice([-1.0, 1.0])
    away = rng.uniform(1.6, 3.4)
    target = (knee + ankle) / 2 + np.array([0, rng.uniform(-0.3, 0.2), rng.uniform(-0.2, 0.5)])
    eye = target + away * np.array([side * np.cos(yaw), np.sin(yaw), 0])
    eye[2] = rng.uniform(0.2, 1.3)
    look = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(look, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, look)

    def project(points: FloatArray) -> FloatArray:
        ray = points - eye
        return np.asarray(np.stack([ray @ right, ray @ up], axis=1) / (ray @ look)[:, None])

    return project


def _outline(
    skin: FloatArray, joints: FloatArray, faces: npt.NDArray[np.int64]
) -> tuple[FloatArray, FloatArray]:
    """Front and back of the drawn leg at DENSE, in shank lengths ahead of the line from ankle to knee.

    `skin` (V, 2) and `joints` (3, 2: ankle, knee, toe) in the picture, y up.
    """
    ankle, knee, toe = joints
    along = knee - ankle
    length = float(np.hypot(*along))
    along = along / length
    ahead = np.array([along[1], -along[0]])
    ahead = ahead * np.sign((toe - ankle) @ ahead)
    place = np.stack([(skin - ankle) @ ahead, (skin - ankle) @ along], axis=1) / length
    mask = np.zeros((700, 700), np.uint8)
    corners = np.round((place[faces] * DRAWN_SHANK_PX * [1, -1] + [300, 500]) * 16).astype(np.int32)
    for triangle in corners:
        cv2.fillConvexPoly(mask, triangle, (1,), shift=4)
    front, back = np.full(len(DENSE), np.nan), np.full(len(DENSE), np.nan)
    for i, s in enumerate(DENSE):
        row = mask[round(500 - s * DRAWN_SHANK_PX)]
        if row[300]:
            gaps = np.flatnonzero(row == 0)
            front[i] = (gaps[gaps > 300].min(initial=700) - 0.5 - 300) / DRAWN_SHANK_PX
            back[i] = (gaps[gaps < 300].max(initial=-1) + 0.5 - 300) / DRAWN_SHANK_PX
    return front, back


class _Anny:
    """The body model reduced to its left leg: posed by forward tilts from upright, z up, -y ahead."""

    def __init__(self) -> None:
        import anny
        import torch

        torch.set_num_threads(1)
        self._torch = torch
        self._model = anny.Anny().to(dtype=torch.float32)
        self.phenotypes = list(self._model.phenotype_labels)
        self._bones = list(self._model.bone_labels)
        weights, bones = self._model.vertex_bone_weights.numpy(), self._model.vertex_bone_indices.numpy()
        owner = np.array(self._bones)[bones[np.arange(len(weights)), weights.argmax(1)]]
        self._leg = np.array(
            [n.endswith(".L") and n.startswith(("upperleg", "lowerleg", "foot", "toe")) for n in owner]
        )
        faces = np.asarray(self._model.faces)
        self.faces = faces[self._leg[faces].all(1)]
        self._kind: dict[str, float] = {}
        self._rest = np.zeros((0, 3))

    def dress(self, phenotype: dict[str, float]) -> None:
        """Take the shape of one body."""
        self._kind = phenotype
        self._rest = self._posed({})[1]

    def leg(
        self, shank_deg: float, thigh_deg: float, foot_deg: float, lean_deg: float
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Vertices (V, 3) m, and knee, ankle and toe joints (3,)."""
        hip, knee, ankle, toe = (
            self._bones.index(b + ".L") for b in ("upperleg01", "lowerleg01", "foot", "toe1-1")
        )
        tilt = {
            "upperleg01.L": -np.radians(thigh_deg) - self._tilt(hip, knee),
            "lowerleg01.L": np.radians(shank_deg) - self._tilt(knee, ankle),
            "foot.L": np.radians(foot_deg),
        }
        thigh, shank, foot = tilt.values()
        turns = {"upperleg01.L": thigh, "lowerleg01.L": shank - thigh, "foot.L": foot - shank}
        vertices, joints = self._posed({name: _forward(angle) for name, angle in turns.items()})
        # The whole leg leans sideways about its ankle, as knees drift.
        lean = np.radians(lean_deg)
        turn = np.array([[np.cos(lean), 0, np.sin(lean)], [0, 1, 0], [-np.sin(lean), 0, np.cos(lean)]])
        pivot = joints[ankle]
        vertices, joints = (vertices - pivot) @ turn.T + pivot, (joints - pivot) @ turn.T + pivot
        ground = np.array([0, 0, vertices[self._leg][:, 2].min()])
        return vertices - ground, joints[knee] - ground, joints[ankle] - ground, joints[toe] - ground

    def normals(self, vertices: FloatArray) -> FloatArray:
        """Unit normals of the leg's vertices (V, 3)."""
        a, b, c = (vertices[self.faces[:, k]] for k in range(3))
        out = np.zeros_like(vertices)
        for k in range(3):
            np.add.at(out, self.faces[:, k], np.cross(b - a, c - a))
        return np.asarray(out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-9))

    def _tilt(self, upper: int, lower: int) -> float:
        along = self._rest[upper] - self._rest[lower]
        return float(np.arctan2(-along[1], along[2]))

    def _posed(self, turns: dict[str, FloatArray]) -> tuple[FloatArray, FloatArray]:
        pose = np.tile(np.eye(4), (len(self._bones), 1, 1))
        for bone, turn in turns.items():
            pose[self._bones.index(bone), :3, :3] = turn
        with self._torch.no_grad():
            out = self._model(
                pose_parameters=self._torch.tensor(pose[None], dtype=self._torch.float32),
                phenotype_kwargs=self._kind,
                pose_parameterization="local-ref",
            )
        return out["vertices"][0].numpy().astype(float), out["bone_poses"][0, :, :3, 3].numpy().astype(float)


def _forward(angle_rad: float) -> FloatArray:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.outline_model", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT.json")
    parser.add_argument("--bodies", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
