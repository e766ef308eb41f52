"""What a rule means, as frozen records; `rules.load` makes them from YAML, `rules.match` and `rules.forms` judge them.

How a key is spelled is not known here. Clauses compare by meaning: `line` is where one stands and never takes part.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic, Literal, TypeVar

from streams.records.flow import EvidenceKind, Outcome, Severity, Stage, Standing
from streams.records.policies import Policy

SpeakerClass = Literal["official", "anonymous-official", "armed-group", "witness", "media", "other"]
Relation = Literal["any", "forces_of", "used_by", "owned_by", "sponsored_by"]
Counted = Literal["killed", "wounded", "missing", "captured", "displaced", "fired"]
Compare = Literal[">=", ">", "<=", "<", "="]
Scope = Literal["title", "sentence", "article"]
StatedField = Literal[
    "actor", "target", "place", "origin", "instrument", "outcome", "speaker", "claimed_by", "disowned_by", "doubt"
]
Gives = Literal["new", "update", "correction", "withdrawal", "nothing"]
Side = Literal["actor", "target", "claimed_by", "disowned_by"]
NationOf = Literal["place.country", "origin.country", "actor.nation", "target.nation", "speaker.nation"]

# what may ping again; also the default
AGAIN_ON = ("severity", "toll", "wave", "outcome", "standing", "responsibility", "place", "ended")
# parts of the key of a series; `parties`: nations or groups of actor and target, unordered
BY = ("actor.group", "actor.nation", "target.id", "target.nation", "parties", "place.country", "place.town", "instrument")
DEFAULT_MAX_AGE = timedelta(days=7)

Part = TypeVar("Part")


# ----------------------------------------------------------------------------------------------- clauses on participants


@dataclass(frozen=True, slots=True)
class KindIs:
    """The participant's kind is one of these or below one."""

    kinds: tuple[str, ...]  # slugs of the kinds tree
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NationIs:
    """One of these nations stands in this relation to the participant; "any" is any role."""

    relation: Relation
    nations: tuple[str, ...]  # ISO 3166-1 alpha-2
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NationAgainst:
    """The participant has nations (host apart), and one of them is, or none of them is, among those of another field."""

    other: NationOf
    same: bool  # True: they share one; False: they share none
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class IdIs:
    """The participant is one of these known entities."""

    ids: tuple[str, ...]  # slugs of the knowledge
    line: int = field(default=0, compare=False, repr=False)


# ----------------------------------------------------------------------------------------------------------- watch lists


@dataclass(frozen=True, slots=True)
class Site:
    """A spot that is watched: a site of ours, or where somebody of ours is to be."""

    id: str
    name: str
    latitude: float  # degrees north, WGS 84
    longitude: float  # degrees east
    radius_km: float  # how far the site reaches, or how near is near where the rule does not say
    since: date | None = None  # watched from this day on, None: always; travel has both
    until: date | None = None  # up to and with this day


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch list. Who prints a rule prints its name and digest, never what stands on it."""

    name: str  # as rules name it
    digest: str  # of what stands on it, so that a rule's hash changes with it
    sites: tuple[Site, ...] = field(default=(), repr=False)
    people: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (spelling, id) of those to be found in a text


# ------------------------------------------------------------------------------------------------- clauses on the event


@dataclass(frozen=True, slots=True)
class AllOf(Generic[Part]):
    """Every part; holds when empty."""

    parts: tuple[Part, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf(Generic[Part]):
    """At least one part."""

    parts: tuple[Part, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NotThat(Generic[Part]):
    """Excludes what the part states; what is unknown is not excluded."""

    part: Part
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EventIs:
    """The event's type is one of these nodes of the taxonomy or below one."""

    nodes: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Who:
    """One single participant of this side satisfies all of `traits`."""

    side: Side
    traits: "Trait"
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Stated:
    """The text states this field (`known: true`), or leaves it open (`known: false`)."""

    name: StatedField
    wanted: bool
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlaceIn:
    """The place lies within one of these areas."""

    areas: tuple[str, ...]  # ISO alpha-2 or slugs of the knowledge
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OriginIn:
    """What was launched, or who set out, came from within one of these areas."""

    areas: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CountryAgainst:
    """The country of the place is, or is not, that of the origin."""

    same: bool
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NearSite:
    """The place is near a site of a watch list: three-valued, for a place may be known too coarsely to tell."""

    watch: Watch
    within_km: float | None = None  # from the coordinates of the site; None: its own radius
    if_coarse: Severity | None = None  # too coarse to tell counts as near, with this severity; None: it does not
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class InstrumentIs:
    """One instrument is of one of these kinds or below one."""

    kinds: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OutcomeIn:
    """Every outcome still possible is one of these."""

    outcomes: tuple[Outcome, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StageIn:
    """The stage is one of these."""

    stages: tuple[Stage, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StandingIn:
    """The standing is one of these."""

    standings: tuple[Standing, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class NumberIs:
    """A count compares so: one count for ">=" and ">", every count of that name for the others."""

    what: Counted
    compare: Compare
    number: int
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AboutIs:
    """What the statement speaks of satisfies this; rule defaults do not reach inside."""

    part: "Clause"
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class WordsIn:
    """One of these words or phrases stands there, on word boundaries, folded as `streams.knowledge.aliases` does."""

    words: tuple[str, ...]
    scope: Scope
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class WordsNear:
    """Each of these words or phrases stands there, all within one stretch of so many words."""

    words: tuple[str, ...]
    within: int  # words from the first of the stretch to its last
    scope: Scope
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mentions:
    """The article names one of these, whatever part it has in the event: known entities, plain names, people of watch lists."""

    ids: tuple[str, ...]  # slugs of the knowledge, found by all their aliases
    names: tuple[str, ...]  # found as spelled, folded as `streams.knowledge.aliases` does
    watches: tuple[Watch, ...]
    scope: Scope
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SourceIn:
    """The article came by one of these feeds."""

    sources: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SpeakerIs:
    """One voice that the event rests on is all of this; an empty tuple asks for nothing."""

    classes: tuple[SpeakerClass, ...] = ()
    nations: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()  # of known speakers, e.g. "kataib-hezbollah"
    outlets: tuple[str, ...] = ()  # credited: "told Reuters"
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DisclosedLate:
    """It is first reported now though it happened well before, or it is not."""

    wanted: bool
    line: int = field(default=0, compare=False, repr=False)


Trait = KindIs | NationIs | NationAgainst | IdIs | AllOf["Trait"] | AnyOf["Trait"] | NotThat["Trait"]
Clause = (
    EventIs
    | Who
    | Stated
    | PlaceIn
    | OriginIn
    | CountryAgainst
    | NearSite
    | InstrumentIs
    | OutcomeIn
    | StageIn
    | StandingIn
    | NumberIs
    | AboutIs
    | SpeakerIs
    | SourceIn
    | DisclosedLate
    | Mentions
    | WordsIn
    | WordsNear
    | AllOf["Clause"]
    | AnyOf["Clause"]
    | NotThat["Clause"]
)


# ----------------------------------------------------------------------------------------------------------------- rules


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What our own history cannot know: when the last attack of the series was."""

    last: date  # day of the last attack
    by: str  # who says so
    ref: str  # where it can be checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """The temporal form "first after a pause"; judged by `rules.forms.resume`."""

    by: tuple[str, ...]  # parts of the key, of BY; empty: one series
    pause: timedelta  # shortest quiet that counts
    before_incidents: int  # incidents there must have been before the quiet
    before_within: timedelta  # within this long before it
    evidence: frozenset[EvidenceKind]
    history: History | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountWithin:
    """The temporal form "so many within so long"; judged by `rules.forms.count`."""

    incidents: int  # at least 2
    within: timedelta
    by: tuple[str, ...]  # parts of the key, of BY; empty: one series


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceWithin:
    """The temporal form "this, then that, within so long"; judged by `rules.forms.sequence`."""

    steps: "tuple[Step, ...]"  # at least 2, in order of event time
    within: timedelta  # from the first step to the last
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a sequence."""

    when: Clause  # with the defaults, as in Rule
    core: Clause  # without them
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWithin:
    """The temporal form "first of its key in so long"; judged by `rules.forms.first`."""

    within: timedelta
    by: tuple[str, ...]


Form = Resume | CountWithin | SequenceWithin | FirstWithin


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityCase:
    """A severity and when it holds."""

    severity: Severity
    when: Clause | None = None  # None: always; the last case always is


@dataclass(frozen=True, slots=True, kw_only=True)
class TestArticle:
    """An article of a rule's test."""

    __test__ = False  # not a test case of pytest

    text: str
    title: str = ""
    published: datetime | None = None  # None: the trial's own date
    source: str = ""  # the feed it came by; "": one that no rule names
    gives: Gives | None = None  # in a timeline: the alert that it makes
    severity: Severity | None = None  # in a timeline: that the alert must have; None: any
    revises: int = 0  # in a timeline: which text it is a new revision of, from 1; 0: none
    health: Literal["", "dead", "alive"] = ""  # in a timeline, instead of a text: what became of its source


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """A test beside the rule: the last article must raise it, or nothing must, or each gives what it says."""

    __test__ = False  # not a test case of pytest

    expect: Literal["fires", "silent", "timeline"]
    articles: tuple[TestArticle, ...]  # in the order in which they come in; one in most tests
    severity: Severity | None = None  # the alert must have it; None: any
    why: str = ""
    line: int = field(default=0, compare=False)

    def shows(self, kind: Literal["fires", "silent"]) -> bool:
        """Whether it has a text that is to raise the rule, or one that must not; a timeline may have both."""
        if self.expect != "timeline":
            return self.expect == kind
        return any((told.gives == "nothing") is (kind == "silent") for told in self.articles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule, expanded: lists resolved and defaults written out."""

    id: str  # slug, never changes
    title: str
    owner: str  # who answers for it
    when: Clause  # with the defaults for stage and standing, unless the rule states its own; any step of a sequence
    core: Clause  # `when` without them: what an announcement is judged by
    form: Form | None  # None: every incident that satisfies `when` counts by itself
    severity: tuple[SeverityCase, ...]  # the first that holds
    channels: tuple[str, ...]  # empty: the settings' default channel
    again_on: tuple[str, ...]  # of AGAIN_ON, in that order
    max_age: timedelta  # older events are not announced as new
    expires: date | None = None  # nothing is announced as new after this day; None: never
    policy: Policy = field(default_factory=Policy)  # what delivery is to do with it: hold, escalate, quiet hours, budget
    mode: Literal["on", "shadow"]
    hash: str  # of the meaning, with its lists and the knowledge; not of place, tests or references
    tests: tuple[RuleTest, ...]
    path: str
    line: int
    references: tuple[str, ...] = ()  # what the definition rests on
    definition: str = ""  # the rule in words


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The rules of all files of one load, in order of path and line."""

    rules: tuple[Rule, ...]
    texts: Mapping[str, str] = field(repr=False)  # path to file text, watch lists among them, for the journal
    hash: str  # of the rules' hashes, in order

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of this id, None when there is none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
