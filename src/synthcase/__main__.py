"""Start the command line by `python -m synthcase`."""

from synthcase.cli import main

if __name__ == "__main__":
    main()
