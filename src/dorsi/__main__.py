"""Entry point of the `dorsi` command and of `python -m dorsi`. Not here: the commands (`cli`)."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; Ctrl-C while Python still loads ends it as quietly as later."""
    try:
        from dorsi.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
