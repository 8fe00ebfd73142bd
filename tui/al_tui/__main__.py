"""`python -m al_tui` is `al-tui`."""

from al_tui.main import main

if __name__ == "__main__":
    main()
