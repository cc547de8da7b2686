"""``python -m longwall`` is the command ``longwall``."""

from longwall.cli import main

if __name__ == "__main__":
    main()
