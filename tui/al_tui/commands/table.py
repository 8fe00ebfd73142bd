"""Everything a person can do, in one table per screen: keys, palette entry, help line, footer entry, handler.

Bindings, the footer, the command palette and the help screen are all made from these rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from al_tui.commands.command import Command

LABEL_KEYS = tuple("0123456789")

RACE = (
    Command(("space",), "pause", "Pause the race, or go on", "Race", "Pause"),
    Command(("n",), "step", "Play one round of every strategy, then stop", "Race", "Step"),
    Command(("h",), "hand", "Race on by your own answers from here, or hand that run back", "By hand", "By hand"),
    Command(LABEL_KEYS, "label", "Label the highlighted item and move on", "By hand", "Label", "0-9"),
    Command(("s",), "skip", "Put the item aside: not asked again, not learnt from", "By hand", "Skip"),
    Command(("u", "backspace"), "undo", "Take the last answer back, learnt ones too", "By hand", "Undo"),
    Command(("y",), "redo", "Give the answer again that was taken back", "By hand", "Redo"),
    Command(("a",), "auto_label", "Answer the rest of the batch from ground truth", "By hand", "Auto-label"),
    Command(("p",), "peek", "Show or hide what the model thinks before you answer", "By hand", "Peek"),
    Command(("left", "right"), "item", "Highlight the item before or after", "Look", "Item", "←→"),
    Command(
        ("pageup", "pagedown", "home", "end"),
        "round",
        "Back through the rounds of a run that is over, and on",
        "Look",
        "Round",
        "PgUp",
    ),
    Command(("up", "down", "shift+tab"), "strategy", "Focus the strategy above or below", "Look", "Strategy", "↑↓"),
    Command(("tab",), "name_class", "Label by a class's name, by hand; else the next strategy", "By hand", ""),
    Command(("e",), "explain", "Why this item: the strategy's formula with its numbers", "Look", "Explain"),
    Command(("c",), "compare", "Compare the strategies in a table", "Look", "Compare"),
    Command(("v",), "seeds", "Show all seeds, or the one that is raced here", "Look", "All seeds"),
    Command(("i",), "alone", "The line of the focused strategy alone with random's, or all again", "Look", "Solo"),
    Command(("I",), "hide", "Hide the line of the focused strategy, or show it again", "Look", "Hide"),
    Command(("m",), "map", "The pool on a map in place of the leaderboard, or back", "Look", "Map"),
    Command(("g",), "planes", "In the plane: nine rounds beside each other, then strategies, or back", "Look", "Planes"),
    Command(("f",), "full", "Curves full screen, or the map where m has put it, or back", "Look", "Curves"),
    Command(("plus", "equals_sign"), "faster", "Faster: twice the rounds per second", "Race", "Faster", "+"),
    Command(("minus",), "slower", "Slower: half the rounds per second", "Race", "Slower", "-"),
    Command(("r",), "retry", "Try again what failed: this strategy, or runs over seeds", "Race", "Retry"),
    Command(("R",), "restart", "Start again with another seed", "Race", "New seed"),
)


def race_commands(noise: float) -> tuple[Command, ...]:
    """The commands of a race whose labels are wrong with the probability ``noise``: what `a` answers is said as it is."""
    careless = f"Answer the rest of the batch as somebody careless would, wrong with probability {noise:g}"
    return tuple(row._replace(title=careless) if noise and row.action == "auto_label" else row for row in RACE)


REPLAY = (
    Command(("space",), "pause", "Pause, or play on; at the end, play it again from the beginning", "Replay", "Pause"),
    Command(("n",), "on", "On to the next round of the focused strategy, and stop there", "Replay", "Round on"),
    Command(
        ("b", "backspace"), "back", "Back to the last round of the focused strategy, and stop there", "Replay", "Round back"
    ),
    Command(("home",), "to_start", "To the beginning", "Replay", "Beginning"),
    Command(("end",), "to_end", "To the end", "Replay", "End"),
    *(row._replace(group="Replay") for row in RACE if row.action in ("faster", "slower")),
    *(row for row in RACE if row.action in ("item", "peek", "explain", "compare", "alone", "hide", "map", "planes", "full")),
    Command(("up", "down", "tab", "shift+tab"), "strategy", "Focus the strategy above or below", "Look", "Strategy", "↑↓"),
)

LABEL = (
    Command(LABEL_KEYS, "label", "Label the item on the screen; the next one comes at once", "Labelling", "Label", "0-9"),
    Command(("tab",), "name_class", "Label by the name of a class, or the beginning of it", "Labelling", "By name", "Tab"),
    Command(("s",), "later", "Later: the item is asked about again when all others are answered", "Labelling", "Later"),
    Command(("d",), "unsure", "Don't know: the item is not asked again and not learnt from", "Labelling", "Don't know"),
    Command(("b",), "bad", "A bad item, broken or of no class: not asked again, not learnt from", "Labelling", "Bad item"),
    Command(("equals_sign",), "together", "Label all that look nearly the same by the next key", "Labelling", "Together", "="),
    Command(
        ("u", "backspace"), "undo", "Take the last thing back; without limit, and after a restart too", "Labelling", "Undo"
    ),
    Command(("y",), "redo", "Do again what was taken back", "Labelling", "Redo"),
    Command(("g",), "flag", "Mark the item with a note, or take the mark away", "Labelling", "Flag"),
    Command(
        ("left", "right", "left_square_bracket", "right_square_bracket"),
        "history",
        "Back to answered items, to look or to change, and forward again; [ and ] do the same",
        "Look",
        "History",
        "←→",
    ),
    Command(
        ("down", "up", "pagedown", "pageup", "home", "end"),
        "scroll",
        "Read on in a text or row that is longer than its room, or move what is zoomed; no item is answered by that",
        "Look",
        "Scroll",
    ),
    Command(("z",), "scroll", "See a part of a picture twice as large, or four times, or all of it again", "Look", "Zoom"),
    Command(("k",), "scroll", "Raise the contrast of pictures, or leave it as it is", "Look", "Contrast"),
    Command(("w",), "scroll", "Break the lines of a text that are too long, or cut them", "Look", "Wrap"),
    Command(("slash",), "search", "Search texts, columns and names, and go to what is found", "Find", "Search", "/"),
    Command(("n",), "like", "More like this item, or like a class, by the features", "Find", "More like this"),
    Command(("l",), "list", "All answers: don't know, bad, noted, by machine, surprising, changed; go to any", "Find", "List"),
    Command(("m",), "map", "The pool on a map: your labels by class; go to any item of it", "Find", "Map"),
    Command(("f",), "full", "The item alone on the screen, as large as it can be, or back", "Look", "Full screen"),
    Command(("p",), "peek", "Show or hide what the model thinks before you answer", "Look", "Peek"),
    Command(("P",), "copy_place", "Copy the path of the item", "Look"),
    Command(("e",), "explain", "Why this item: probabilities, the strategy's reason, labelled neighbours", "Look", "Explain"),
    Command(("v",), "review", "Go through labels that look wrong, the worst first", "Look", "Review"),
    Command(("enter",), "keep", "Keep the label as it is, in a review", "Look", ""),
    Command(("escape",), "leave", "Leave the review or the history", "Look", ""),
    Command(("a",), "auto_label", "Let ground truth or the model label; never counted as yours", "Machine", "Auto-label"),
    Command(("x",), "remove_machine", "Remove all labels of the machine", "Machine", "Remove those"),
    Command(("c",), "change", "Go on with another strategy, learner or batch", "Machine", "Change"),
    Command(("C",), "classes", "Change the classes: add, rename, merge, split, delete or describe one", "Labelling", "Classes"),
)

CLASSES = (
    Command(("a",), "class_add", "Add a class", "Classes", "add"),
    Command(("r",), "class_rename", "Call the class otherwise", "Classes", "rename"),
    Command(("m",), "class_merge", "Have all of the class be of another one", "Classes", "merge"),
    Command(("s",), "class_split", "Put several classes in its place; its items are asked again", "Classes", "split"),
    Command(("d",), "class_delete", "Delete the class; its items are asked again", "Classes", "delete"),
    Command(("e",), "class_describe", "Say what the class means", "Classes", "describe"),
)

MAP = (
    Command(("left", "right", "up", "down"), "point", "Point at the next item on the way", "Map", "Point", "←→↑↓"),
    Command(("tab",), "same_place", "Point at the next item of the same place", "Map", "Same place"),
    Command(("enter",), "go", "Go to the item, to label it or to look at it", "Map", "Go there"),
    Command(("escape", "m"), "close", "Back to labelling", "Map", "Back"),
)

COMPARE = (
    Command(("o",), "sort_next", "Sort by the next column; a click on a column does the same", "Comparison", "Sort"),
    Command(("O",), "sort_reverse", "Turn the order around", "Comparison", "Reverse"),
    Command(("v",), "seeds", "Show all seeds, or the one that is raced here", "Comparison", "All seeds"),
    Command(("N",), "more_seeds", "Run 30 seeds now, beside the race of one: intervals and verdicts", "Comparison", "30 seeds"),
    Command(
        ("e",), "explain", "What the columns mean, and the whole paragraph; or the pictures again", "Comparison", "Explain"
    ),
    Command(("f",), "full", "The table alone on the screen, or with what is below it", "Comparison", "Full screen"),
    Command(("m",), "copy", "Copy the table as Markdown", "Comparison", "Copy Markdown"),
    Command(("w",), "save", "Save the table as CSV or JSON", "Comparison", "Save"),
    Command(("escape", "c"), "close", "Back to the race", "Comparison", "Back"),
)

LESSONS = (Command(("enter",), "open", "Begin the lesson; ↑ and ↓ choose one", "Lessons", "Begin"),)

LESSON = (
    Command(("enter",), "forward", "On to the next step; where a question is asked, say what you expect", "Lesson", "Go on"),
    Command(("b",), "backward", "The step before", "Lesson", "Back"),
    Command(("l",), "words", "Hide the lesson's words, to see what is asked about, or show them again", "Lesson", "Words"),
    Command(("less_than_sign", "greater_than_sign"), "turn", "Turn what a step lets you turn, and race again", "Lesson"),
    Command(("pagedown", "pageup"), "scroll", "Read on in the lesson's words where they are longer than their room", "Lesson"),
    Command(("escape",), "close", "Back to the list of lessons", "Lesson", "Lessons"),
)

COMMON = (
    Command(("t",), "next_theme", "Next theme: dark, light, the terminal's own colours", "Program", "Theme"),
    Command(("question_mark", "f1"), "help", "This help", "Program", "Help", "?"),
    Command(("ctrl+p", "colon"), "command_palette", "Find a command by its name", "Program", "Palette", ":"),
    Command(("q",), "quit", "Quit", "Program", "Quit"),
    Command(("ctrl+c",), "interrupt", "Quit, when pressed twice", "Program", "", "^c"),
    Command(("ctrl+z",), "suspend_process", "Stop for now; fg in the shell goes on with it", "Program", "", "^z"),
)


def letters(commands: Sequence[Command]) -> frozenset[str]:
    """The letters and signs that are commands on a screen with these; what labels is none."""
    return frozenset(key for command in (*commands, *COMMON) for key in command.keys if len(key) == 1) - set(LABEL_KEYS)


RACE_INTRODUCTION = (
    "Labels cost money. Each strategy starts from the same few labels and asks for the ones it believes will teach the model"
    " most. A curve that rises sooner needs fewer labels; the dotted line is the target. With h you race yourself: a run of"
    " your own begins where the strategy stands and asks you; ✎ marks it, and it is not said to save labels."
)


REPLAY_INTRODUCTION = (
    "This race is over: it is shown as it went, from its session, and nothing is computed anew. Answers that a person gave come"
    " one by one, as they were given, and a strategy that stopped before its budget was spent is marked with ✗ where it did."
)
LESSONS_INTRODUCTION = (
    "A lesson is a race with words above it: what to look at, which key to press, what to expect, and a question that the race"
    " answers. Nothing has to be known before the first one. They can be taken in any order."
)
LESSON_INTRODUCTION = (
    "Read the step, look at the race below it, press the keys that it names, and go on with Enter. The race stands still until"
    " you let it go: n plays one round, space lets it run. All keys of a race work here."
)


def label_introduction(*, digits: bool, measured: bool) -> str:
    """What labelling is, for its help; how a model is measured is said where it is."""
    what, others = ("digit", "digits") if digits else ("class", "items")
    words = (
        f"Which {what} is it? One key labels it. The label is on disk before the next item is drawn, and that item is chosen by"
        " a model that has learnt the label. What the model thinks stays hidden until you have answered, so that it does not"
        " lead you."
    )
    return f"{words} Its accuracy is measured on other {others}, which are never asked for." if measured else words
