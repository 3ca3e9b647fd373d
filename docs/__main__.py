"""Everything in docs/ that is made by code and compared by a test: `make docs`, or `python -m docs`.

Not here: the pictures of a measured sample in the README, which need the pose network
(`python docs/make_images.py`).
"""

from __future__ import annotations

import sys

from docs import make_architecture, make_cli_reference, make_filming_images, make_schemas, make_tables

if __name__ == "__main__":
    parts = (make_filming_images, make_architecture, make_cli_reference, make_tables, make_schemas)
    sys.exit(max(part.main() for part in parts))
