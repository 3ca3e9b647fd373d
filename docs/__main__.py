"""What code makes and a test compares, in docs/ and the drills' drawings: `make docs`, or `python -m docs`.

Not here: the pictures of a measured sample in the README, which need the pose network
(`python docs/make_images.py`).
"""

from __future__ import annotations

import sys

from docs import (
    make_architecture,
    make_cli_reference,
    make_drill_drawings,
    make_filming_images,
    make_schemas,
    make_tables,
)

if __name__ == "__main__":
    pictures = (make_filming_images, make_drill_drawings, make_architecture)
    parts = (*pictures, make_cli_reference, make_tables, make_schemas)
    sys.exit(max(part.main() for part in parts))
