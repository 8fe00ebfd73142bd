"""`python -m al_tui` is `al-tui`."""

from al_tui.main import program

if __name__ == "__main__":
    program()
