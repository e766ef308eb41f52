"""Marks on an article: who covers which characters, and how they nest."""

from hypothesis import given
from hypothesis import strategies as st

from streams.cli.marks import Close, Mark, Open, layout, paragraphs


def drawn(text: str, marks: list[Mark], start: int = 0, end: int | None = None) -> str:
    """The layout with brackets; "~" where a mark only goes on after a cut."""
    pieces = []
    for part in layout(text, marks, start, len(text) if end is None else end):
        if isinstance(part, Open):
            pieces.append(f"[{part.mark.label}{'~' if part.again else ''} ")
        elif isinstance(part, Close):
            pieces.append("]" if part.last else "~]")
        else:
            pieces.append(part)
    return "".join(pieces)


def test_marks_inside_one_another_nest():
    text = "the base at Rumalin was hit"
    found = [Mark("target", 0, 19, (1,)), Mark("place", 12, 19, (1, 3)), Mark("deed", 24, 27, (1,))]
    assert drawn(text, found) == "[T1 the base at [P1,3 Rumalin]] was [D1 hit]"


def test_marks_that_cross_are_split():
    found = [Mark("actor", 0, 6, (1,)), Mark("target", 4, 9, (2,))]
    assert drawn("aaaabbccc", found) == "[A1 aaaa[T2 bb~]][T2~ ccc]"


def test_two_roles_of_the_same_words_are_both_drawn():
    found = [Mark("actor", 0, 2, (1,)), Mark("source", 0, 2, (1,))]
    assert drawn("ab c", found) == "[A1 [S1 ab]] c"


def test_a_mark_over_two_paragraphs_goes_on_in_the_second():
    found = [Mark("count", 0, 6, (1,))]
    assert drawn("ab\n\ncd", found, 0, 2) == "[N1 ab~]"
    assert drawn("ab\n\ncd", found, 4, 6) == "[N1~ cd]"


def test_paragraphs_leave_out_what_holds_no_word():
    text = "\n One. \n\n\t\nTwo.\u2028Three.\x0c"
    assert [text[start:end] for start, end in paragraphs(text)] == ["One.", "Two.", "Three."]
    assert list(paragraphs("")) == []


BOUNDS = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted).filter(lambda pair: pair[0] < pair[1])
MARKS = st.lists(
    st.builds(lambda pair, role, event: Mark(role, *pair, (event,)), BOUNDS, st.sampled_from(["deed", "actor"]), st.integers(1, 3)),
    unique=True,
    max_size=7,
)


@given(MARKS, BOUNDS)
def test_every_character_stands_in_exactly_its_own_marks(found: list[Mark], bounds: list[int]):
    """And what opens last closes first, whatever crosses what; each mark ends for good once if it ends here."""
    found.sort(key=lambda mark: (mark.start, -mark.end))
    text = "abcdefghijkl"
    start, end = bounds
    stack: list[Mark] = []
    at = start
    ended: list[Mark] = []
    for part in layout(text, found, start, end):
        if isinstance(part, Open):
            stack.append(part.mark)
        elif isinstance(part, Close):
            assert stack.pop() == part.mark
            ended += [part.mark] if part.last else []
        else:
            assert part
            for character in part:
                assert character == text[at]
                assert set(stack) == {mark for mark in found if mark.start <= at < mark.end}
                at += 1
    assert (stack, at) == ([], end)
    assert sorted(ended, key=found.index) == [mark for mark in found if start < mark.end <= end]
