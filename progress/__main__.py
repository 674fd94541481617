"""``python -m progress``."""

from progress.cli import main

if __name__ == "__main__":
    main()
