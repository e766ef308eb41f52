"""The watch: what it ends a process for, and what it leaves alone. Times are monotonic seconds."""

from dataclasses import dataclass, field

from streams.broker.lag import Place
from streams.health.stalls import Stall

LIMIT_S = 60.0


@dataclass
class Group:
    """One process in a group of two partitions."""

    mine: frozenset[int] = frozenset({0, 1})
    beat: float = 0.0
    stall: Stall = field(init=False)

    def __post_init__(self) -> None:
        self.stall = Stall(limit_s=LIMIT_S, mine=lambda: self.mine, beat=lambda: self.beat)

    def verdict(self, now: float, first: Place, second: Place | None = None) -> str:
        return self.stall.verdict({0: first, 1: second or Place(5, 5)}, now)


def test_a_group_that_stands_still_with_work_ends_the_process() -> None:
    """0 ──── committed 3 of 9, nothing done ────► 61"""
    group = Group()
    assert group.verdict(0, Place(3, 9)) == ""
    assert group.verdict(59, Place(3, 12)) == ""
    assert group.verdict(61, Place(3, 12)) == "partition 0 is 9 behind and stands at 3 for 61 s"


def test_without_work_nothing_ever_stalls() -> None:
    """A quiet night is no fault."""
    group = Group()
    assert [group.verdict(now, Place(9, 9)) for now in (0, 1_000, 9_000)] == ["", "", ""]


def test_work_that_comes_after_a_quiet_night_has_its_whole_time() -> None:
    """The clock begins when there is something to do."""
    group = Group()
    group.verdict(0, Place(9, 9))
    group.verdict(9_009, Place(9, 9))
    assert group.verdict(9_010, Place(9, 10)) == ""
    assert group.verdict(9_069, Place(9, 10)) == ""
    assert group.verdict(9_071, Place(9, 10)) != ""


def test_every_commit_gives_time_again() -> None:
    """A slow group that gets on is left alone."""
    group = Group()
    assert [group.verdict(50.0 * n, Place(n, 99)) for n in range(10)] == [""] * 10


def test_work_that_goes_on_is_no_stall_until_it_is_never_committed() -> None:
    """One article may take minutes; a hole behind which nothing is committed for ten times as long is Faust's."""
    group = Group()
    for now in range(0, 601, 20):
        group.beat = now
        assert group.verdict(now, Place(3, 9)) == ""
    group.beat = 620
    assert group.verdict(620, Place(3, 9)) == "partition 0 is 6 behind and stands at 3 for 620 s"


def test_partitions_of_others_are_their_business() -> None:
    """As long as we have some; a process that was given none, while one stands still, may have been forgotten."""
    group = Group(mine=frozenset({1}))
    group.verdict(0, Place(3, 9))
    assert group.verdict(500, Place(3, 9)) == ""
    idle = Group(mine=frozenset())
    idle.verdict(0, Place(3, 9))
    assert idle.verdict(119, Place(3, 9)) == ""
    assert idle.verdict(121, Place(3, 9)) == "partition 0 is 6 behind and stands at 3 for 121 s, and this process was given none"
