"""`python -m al_tui` is `al-tui`."""

from al_tui.cli import main

if __name__ == "__main__":
    main()
