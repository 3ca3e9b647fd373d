"""The exception tree of Dorsi: every error a user can meet, with a remedy and an exit code.

Not here: reasons why a readable clip gets no number. Those are results, not errors (see `quality.py`).
"""

from __future__ import annotations

__all__ = [
    "ClipEmpty",
    "ClipMissing",
    "ClipUnreadable",
    "CorrectionError",
    "DorsiError",
    "EvidenceError",
    "ModelError",
    "OutputError",
    "PlanError",
    "ProfileError",
    "ReportError",
    "RulesError",
    "RunnerUnknown",
    "ScreenError",
    "StoreError",
    "SystemLibraryMissing",
    "UsageError",
]


class DorsiError(Exception):
    """Base of every error Dorsi raises on purpose. `str(error)` is one line fit for a user."""

    exit_code: int = 4


class UsageError(DorsiError):
    """An option or argument that makes no sense."""

    exit_code = 2


class ClipUnreadable(DorsiError):
    """The clip cannot be opened or holds no decodable picture."""


class ClipMissing(ClipUnreadable):
    """There is no file at the path, or the path is a folder."""


class ClipEmpty(ClipUnreadable):
    """The file has no bytes, or no video frames."""


class ModelError(DorsiError):
    """Pose weights are missing, damaged, or not the ones Dorsi was checked with."""


class OutputError(DorsiError):
    """A result cannot be written (read-only folder, full disk)."""


class ReportError(DorsiError):
    """A report.json does not follow the contract."""


class RulesError(DorsiError):
    """A rules file or rule-set name is not valid."""

    exit_code = 2


class ScreenError(DorsiError):
    """A screen.json does not follow the contract, or clips do not make a screen."""

    exit_code = 2


class StoreError(DorsiError):
    """The store, or an export of one, cannot be read or written, or is not one of Dorsi's."""


class RunnerUnknown(StoreError):
    """The store has no runner of that name."""

    exit_code = 2


class ProfileError(DorsiError):
    """A profile file is not valid: bad TOML, an unknown key, an answer that contradicts another."""

    exit_code = 2


class PlanError(DorsiError):
    """A drills file is not valid, or an aim that no drill has was asked for."""

    exit_code = 2


class EvidenceError(DorsiError):
    """An evidence file is missing, damaged, from a newer Dorsi, or lacks what is asked of it."""


class CorrectionError(DorsiError):
    """A correction is not valid, or does not fit the clip."""

    exit_code = 2


class SystemLibraryMissing(DorsiError):
    """A library of the system that OpenCV or MediaPipe loads is not there; packages None when not known."""

    code = "system_library_missing"

    def __init__(self, library: str, debian: str | None, fedora: str | None) -> None:
        self.params = {"library": library, "debian": debian, "fedora": fedora}
        known = f": apt-get install {debian} (Debian, Ubuntu) or dnf install {fedora} (Fedora)"
        super().__init__(
            f"{library}, a library of the system, is missing. "
            f"Install the package that holds it{known if debian else ''}."
        )
