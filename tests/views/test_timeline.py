"""The timeline shows every entry once, in the server's order, and never fails on what others wrote."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pratique.opened import OpenedEntry
from pratique.views.timeline import Timeline, apply, read_line
from tests.views.entries import entry, stories

(STORY,) = (story for story in stories() if story["name"].startswith("a consignment through transit"))
ENTRIES = [entry(one) for one in STORY["entries"]]


def fold(entries: list[OpenedEntry], timeline: Timeline | None = None) -> Timeline:
    state = timeline or Timeline()
    for one in entries:
        state = apply(state, one)
    return state


@given(st.data())
def test_it_is_the_same_however_the_entries_come_in(data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(ENTRIES))
    cut = data.draw(st.integers(0, len(shuffled)))
    lines = fold(shuffled[cut:], fold(shuffled[:cut])).lines
    assert lines == fold(ENTRIES).lines
    order = [(line.entry.at_ms, line.entry.channel, line.entry.seq) for line in lines]
    assert order == sorted(set(order))


def test_what_cannot_be_read_is_a_line_with_a_problem() -> None:
    closed = replace(ENTRIES[0], problem="could not be opened, epoch 7", type="", body=b"")
    assert read_line(closed).problem == "could not be opened, epoch 7"
    broken = read_line(replace(ENTRIES[0], body=b'{"part":"goods"}'))
    assert broken.content is None and broken.problem is not None and "reference: is missing" in broken.problem
    unknown = read_line(replace(ENTRIES[0], type="horoscope"))
    assert (unknown.content, unknown.problem) == (None, None)


def test_one_consignment_can_be_picked_out() -> None:
    timeline = fold(ENTRIES)
    reference = timeline.lines[0].reference
    assert reference is not None
    assert all(line.reference == reference for line in timeline.about(reference))
    assert timeline.about("PN-none") == ()
    hello = replace(ENTRIES[0], type="message", body=b'{"text": "hello"}', seq=99)
    assert read_line(hello).reference is None
    assert fold([*ENTRIES, hello, hello]).about(reference) == timeline.lines
