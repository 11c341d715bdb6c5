"""The `rollbook` command, whichever way it was installed."""

from rollbook.app import main

if __name__ == "__main__":
    main()
