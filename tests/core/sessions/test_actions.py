"""Actions as text: what is written is read back, and nothing else is read."""

from __future__ import annotations

import json
from typing import get_args

import hypothesis.strategies as st
import pytest
from hypothesis import given

from al_core.sessions import actions, class_actions
from al_core.sessions.actions import KINDS, DamagedSession, Opened, Settings, decode, encode

TEXT = st.text(max_size=20)
COUNT = st.integers(0, 2**62)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
PAIRS = st.lists(st.tuples(TEXT, COUNT), max_size=3).map(tuple)
CHOICE = st.none() | st.builds(actions.Choice, st.sampled_from(get_args(actions.Chooser)), st.none() | NUMBER)
EXAMPLES = st.one_of(
    st.builds(
        Opened, st.builds(Settings, TEXT, TEXT, st.lists(TEXT).map(tuple), TEXT, TEXT, COUNT, COUNT, TEXT, st.none() | COUNT)
    ),
    st.builds(actions.Shown, TEXT, st.sampled_from(get_args(actions.Source)), CHOICE),
    st.builds(actions.Labelled, TEXT, COUNT, CHOICE),
    st.builds(actions.LabelledAlike, TEXT, COUNT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(actions.Relabelled, TEXT, COUNT),
    st.builds(actions.Skipped, TEXT, st.sampled_from(get_args(actions.Status)), CHOICE),
    st.builds(actions.Flagged, TEXT, st.none() | TEXT),
    st.builds(actions.Undone, st.none() | TEXT, COUNT),
    st.builds(actions.Redone, st.none() | TEXT, COUNT),
    st.builds(actions.MachineLabelled, st.sampled_from(["truth", "model"]), st.none() | NUMBER, PAIRS),
    st.just(actions.MachineRemoved()),
    st.builds(
        actions.RoundFinished,
        COUNT,
        COUNT,
        st.none() | NUMBER,
        st.none() | NUMBER,
        st.none() | NUMBER,
        st.lists(TEXT).map(tuple),
    ),
    st.builds(actions.Changed, TEXT, TEXT, COUNT),
    st.builds(actions.Disagreed, TEXT, PAIRS),
    st.builds(actions.Named, st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)),
    st.builds(actions.ClassAdded, COUNT, TEXT, st.booleans()),
    st.builds(class_actions.ClassRenamed, COUNT, TEXT),
    st.builds(class_actions.ClassMerged, COUNT, COUNT),
    st.builds(class_actions.ClassSplit, COUNT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(class_actions.ClassDeleted, COUNT),
    st.builds(class_actions.ClassDescribed, COUNT, TEXT),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["label", "of", "note", "how", "x"]), inner),
    max_leaves=6,
)


@given(EXAMPLES)
def test_what_is_written_is_read_back(action):
    kind, item, value = encode(action)
    assert value.isascii()
    assert decode(kind, item, value) == action


@given(st.sampled_from([*KINDS, "nothing"]), st.none() | TEXT, JSON.map(json.dumps) | TEXT)
def test_anything_else_is_refused_in_one_way(kind, item, value):
    try:
        action = decode(kind, item, value)
    except DamagedSession:
        return
    assert (kind, item) == encode(action)[:2]


@pytest.mark.parametrize(
    ("kind", "item", "value"),
    [
        ("label", "aa", '{"label":true}'),
        ("label", "aa", '{"label":-1}'),
        ("label", "aa", '{"label":1.0}'),
        ("label", None, '{"label":1}'),
        ("label", "aa", '{"label":1,"by":"me"}'),
        ("label", "aa", '{"item":"bb","label":1}'),
        ("alike", "aa", '{"label":1}'),
        ("alike", "aa", '{"label":1,"others":[1]}'),
        ("alike", None, '{"label":1,"others":[]}'),
        ("machine_removed", "aa", "{}"),
        ("machine", None, '{"by":"truth","above":null,"labels":3}'),
        ("round", None, '{"revision":1,"labels":[["aa",1]],"accuracy":null,"expected_error":null,"kappa":null,"picks":[]}'),
        ("shown", "aa", '{"how":"magic"}'),
        ("shown", "aa", '{"how":"start","choice":{"by":"magic"}}'),
        ("shown", "aa", '{"how":"start","choice":{"by":"start","why":1}}'),
        ("skip", "aa", '{"status":"maybe"}'),
        ("named", "aa", '{"names":[]}'),
        ("class", None, '{"label":3,"name":null}'),
        ("round", None, '{"revision":1}'),
        ("undo", "aa", "[" * 100_000),
    ],
)
def test_wrong_fields_and_types_are_refused(kind, item, value):
    with pytest.raises(DamagedSession):
        decode(kind, item, value)
