"""`python -m dorsi`: the same as the `dorsi` command. Not here: anything else."""

from dorsi.cli import main

if __name__ == "__main__":
    main()
