"""Clauses, rules and events at random, all from one small stock of names so that they often meet; for tests of index and judge."""

from dataclasses import replace
from random import Random
from typing import Any, TypeVar, get_args

from rules.defaults import expanded
from rules.model import (
    BY,
    DEFAULT_MAX_AGE,
    AboutIs,
    AllOf,
    AnyOf,
    Clause,
    CountryAgainst,
    CountWithin,
    DisclosedLate,
    EventIs,
    FirstWithin,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationAgainst,
    NationIs,
    NationOf,
    NearSite,
    NotThat,
    NumberIs,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Relation,
    Resume,
    Rule,
    Scope,
    SequenceWithin,
    SeverityCase,
    Site,
    SourceIn,
    SpeakerClass,
    SpeakerIs,
    StageIn,
    StandingIn,
    Stated,
    StatedField,
    Step,
    Trait,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from streams.knowledge.world import Knowledge
from streams.records.flow import (
    About,
    Article,
    Attribution,
    Count,
    Event,
    Instrument,
    NationRole,
    Outcome,
    Participant,
    Place,
    Span,
    Stage,
    Standing,
)
from tests.builders import DAY, article, at, attack

Item = TypeVar("Item")

TYPES = ("armed-attack", "explosions", "air-drone-strike", "shelling", "battles", "riot", "threat", "accident")
KINDS = ("site", "base", "warship", "person", "soldier", "armed-group", "state-force", "civilian", "journalist")
NATIONS = ("US", "IQ", "SY", "IR", "JO")
IDS = ("ain-al-asad", "kataib-hezbollah", "houthis", "us-led-coalition")
AREAS = ("IQ", "SY", "JO", "middle-east", "levant", "al-hasakah", "ain-al-asad", "kurdistan", "africa")
TOOLS = ("rocket", "drone", "missile", "firearm", "bomb")
WORDS = ("convoy", "the motorcade", "U.S.", "air base", "Red Sea", "rebels", "IS", "St. Louis", "école", "never said")
OUTLETS = ("Reuters", "AFP", "Rûdaw")
FEEDS = ("wire", "paper")
SITES = Watch(
    name="sites",
    digest="0",
    sites=(
        Site(id="one", name="One", latitude=33.8, longitude=42.4, radius_km=20),
        Site(id="two", name="Two", latitude=36.2, longitude=44.0, radius_km=300),
    ),
)
PEOPLE = Watch(name="people", digest="1", people=(("Jane Roe", "jane-roe"), ("Dr Roe", "jane-roe")))
TEXTS = (
    "The motorcade left the air base on Monday.",
    "A convoy of rebels crossed the Red Sea, said Jane Roe.",
    "U.S. officials never said so to St. Louis; the école's roof burns.",
    "Kataib Hezbollah and the Houthis met near Ain al-Asad.",
    "IS said so. Dr Roe did not.",
)


class Varied:
    """A source of clauses, rules, articles and events."""

    def __init__(self, seed: int, knowledge: Knowledge) -> None:
        self._random = Random(seed)
        self._knowledge = knowledge

    # ------------------------------------------------------------------------------------------------------------- clauses

    def clause(self, depth: int = 3) -> Clause:
        """Any clause, groups up to so deep."""
        if depth and self._random.random() < 0.5:
            parts = tuple(self.clause(depth - 1) for _ in range(self._random.randint(1, 3)))
            return self._one((AllOf(parts), AllOf(parts), AnyOf(parts), NotThat(parts[0]), AboutIs(parts[0])))
        return self._leaf()

    def core(self) -> Clause:
        """What a rule of some sense asks: a type and two or three things more."""
        more = tuple(self.clause(1) for _ in range(self._random.randint(0, 3)))
        return AllOf((EventIs(self._some(TYPES)), *more)) if self._random.random() < 0.9 else AllOf((self._leaf(), *more))

    def fitting(self, event: Event) -> Clause:
        """Some of what the event states, now and then with something that it may not."""
        facts: list[Clause] = [EventIs((self._one(event.path),))]
        for side, people in (("actor", event.actors), ("target", event.targets)):
            traits: list[Trait] = [KindIs((one.kind,)) for one in people if one.kind]
            traits += [IdIs((one.id,)) for one in people if one.id]
            traits += [NationIs("any", (held.nation,)) for one in people for held in one.nations]
            facts += [Who(side, self._one(traits))] if traits else []  # type: ignore[arg-type]
        facts += [PlaceIn((self._one(event.place.path),))] if event.place and event.place.path else []
        facts += [InstrumentIs((tool.kind,)) for tool in event.instruments]
        facts += [OutcomeIn(event.outcome)] if event.outcome else []
        facts += [NumberIs(count.what, ">=", count.low) for count in event.counts]
        facts += [SpeakerIs(classes=(voice.speaker,)) for voice in event.attribution]
        facts += [WordsIn((event.trigger.text,), "sentence")]
        chosen = self._random.sample(facts, min(len(facts), self._random.randint(1, 4)))
        return AllOf((*chosen, self.clause(1)) if self._random.random() < 0.3 else tuple(chosen))

    def _leaf(self) -> Clause:
        sides = ("actor", "target", "claimed_by", "disowned_by")
        leaves: tuple[Any, ...] = (
            lambda: EventIs(self._some(TYPES)),
            lambda: Who(self._one(sides), self.trait()),
            lambda: Who(self._one(sides[:2]), self.trait()),
            lambda: Stated(self._one(get_args(StatedField)), self._random.random() < 0.7),
            lambda: PlaceIn(self._some(AREAS)),
            lambda: OriginIn(self._some(AREAS)),
            lambda: CountryAgainst(self._random.random() < 0.5),
            lambda: NearSite(SITES, self._one((None, 50.0, 2000.0)), self._one((None, None, "low"))),
            lambda: InstrumentIs(self._some(TOOLS)),
            lambda: OutcomeIn(self._some(get_args(Outcome))),
            lambda: StageIn(self._some(get_args(Stage))),
            lambda: StandingIn(self._some(get_args(Standing))),
            lambda: NumberIs(self._one(("killed", "wounded")), self._one((">=", ">", "<=", "<", "=")), self._random.randint(0, 4)),
            lambda: SpeakerIs(
                self._perhaps(get_args(SpeakerClass)), self._perhaps(NATIONS), self._perhaps(IDS), self._perhaps(OUTLETS)
            ),
            lambda: SourceIn(self._some(FEEDS)),
            lambda: DisclosedLate(self._random.random() < 0.5),
            lambda: WordsIn(self._some(WORDS), self._one(get_args(Scope))),
            lambda: WordsNear(self._some(WORDS), self._random.randint(2, 12), self._one(get_args(Scope))),
            lambda: Mentions(self._perhaps(IDS), self._perhaps(WORDS), self._perhaps((PEOPLE,)), self._one(get_args(Scope))),
        )
        return self._one(leaves)()  # type: ignore[no-any-return]

    def trait(self, depth: int = 2) -> Trait:
        """Any trait of a participant."""
        if depth and self._random.random() < 0.4:
            parts = tuple(self.trait(depth - 1) for _ in range(self._random.randint(1, 3)))
            return self._one((AllOf(parts), AnyOf(parts), NotThat(parts[0])))
        return self._one((
            KindIs(self._some(KINDS)),
            IdIs(self._some(IDS)),
            NationIs(self._one(get_args(Relation)), self._some(NATIONS)),
            NationAgainst(self._one(get_args(NationOf)), self._random.random() < 0.5),
        ))  # fmt: skip

    def rule(self, number: int, core: Clause | None = None) -> Rule:
        """A rule; one in five has a temporal form."""
        core = core or self.core()
        by = self._some(BY[:4]) if self._random.random() < 0.5 else ()
        steps = tuple(Step(when=expanded(one), core=one) for one in (core, self.core()))
        kinds = frozenset(("observed", "stated", "announced"))
        forms: tuple[Any, ...] = (
            Resume(by=(), pause=10 * DAY, before_incidents=1, before_within=60 * DAY, evidence=kinds),
            CountWithin(incidents=2, within=9 * DAY, by=by),
            SequenceWithin(steps=steps, within=9 * DAY, by=by),
            FirstWithin(within=9 * DAY, by=by),
        )
        form = self._one(forms) if self._random.random() < 0.2 else None
        if isinstance(form, SequenceWithin):
            core = AnyOf(tuple(step.core for step in steps))
        return Rule(
            id=f"rule-{number}",
            title=f"Rule {number}",
            owner="tests",
            when=AnyOf(tuple(step.when for step in steps)) if isinstance(form, SequenceWithin) else expanded(core),
            core=core,
            form=form,
            severity=(SeverityCase(severity="low", when=self.clause(1)), SeverityCase(severity="high")),
            channels=(),
            again_on=("severity", "toll", "outcome", "standing"),
            max_age=DEFAULT_MAX_AGE,
            mode="on",
            hash=f"hash {number}",
            tests=(),
            path="tests",
            line=number,
        )

    # -------------------------------------------------------------------------------------------------------------- events

    def article(self, name: str, published: str = "04-22", **more: Any) -> Article:
        """An article of some of the texts."""
        title = self._one(TEXTS) if self._random.random() < 0.3 else ""
        made = article(name, published, source=self._one(FEEDS), text=" ".join(self._some(TEXTS)), **more)
        return replace(made, title=title)

    def event(self, home: Article, offset: int = 0, when: str | None = None) -> Event:
        """An event of the article, most of it unstated as often as not."""
        type = self._one(TYPES)
        told: dict[str, Any] = {
            "type": type,
            "path": self._knowledge.taxonomy[type].path,
            "actors": self._people(),
            "targets": self._people(),
            "claimed_by": self._people(0.1),
            "disowned_by": self._people(0.1),
            "place": self._place(),
            "origin": self._place(0.2),
            "instruments": tuple(Instrument(span=Span(tool, 0, 4), kind=tool) for tool in self._perhaps(TOOLS)),
            "outcome": self._perhaps(("hit", "intercepted", "missed")),
            "counts": tuple(self._count(what) for what in self._perhaps(("killed", "wounded"))),
            "stage": self._one(("happened", "happened", "happened", "threatened", "announced")),
            "standing": self._one(("reported", "reported", "confirmed", "claimed", "denied")),
            "attribution": (self._voice(),) if self._random.random() < 0.5 else (),
            "doubt": (Span("unclear", 0, 7),) if self._random.random() < 0.2 else (),
            "disclosed_late": self._random.random() < 0.1,
        }
        if self._random.random() < 0.2:
            told |= {"type": "threat", "path": ("statements", "threat"), "about": self._about()}
        elif self._random.random() < 0.1:
            spoken = self._one(("resumption-announced", "attacks-halted"))
            told |= {"type": spoken, "path": ("statements", spoken), "about": self._about()}
        sentence = Span(self._one(TEXTS), offset, offset + 30)
        late = told.pop("disclosed_late")
        made = attack(home, when, offset=offset, **told)
        telling = replace(made.tellings[0], sentence=sentence)
        return replace(made, sentence=sentence, tellings=(telling,), disclosed_late=late)

    def _about(self) -> About:
        type = self._one(TYPES[:5])
        path = self._knowledge.taxonomy[type].path
        return About(type=type, path=path, actors=self._people(), targets=self._people(), place=self._place())

    def _people(self, often: float = 0.6) -> tuple[Participant, ...]:
        return tuple(self._person() for _ in range(self._random.randint(1, 2))) if self._random.random() < often else ()

    def _person(self) -> Participant:
        kind = self._one((None, *KINDS))
        roles = ("owner", "user", "host", "forces", "government", "home", "sponsor", "nationality")
        held = tuple(NationRole(nation, self._one(roles), self._one(("", "us-led-coalition"))) for nation in self._perhaps(NATIONS))  # type: ignore[arg-type]
        return Participant(span=Span("they", 0, 4), head="they", id=self._one((None, *IDS)), kind=kind, nations=held)

    def _place(self, often: float = 0.7) -> Place | None:
        if self._random.random() > often:
            return None
        country = self._one((None, "IQ", "SY", "JO"))
        path = (*self._perhaps(("ain-al-asad", "al-hasakah", "kurdistan")), *([country] if country else []))
        where: dict[str, Any] = {"latitude": self._random.uniform(31, 37), "longitude": self._random.uniform(39, 46)}
        where |= {"coarseness_km": self._one((0.0, 5.0, 300.0))}
        return Place(span=None, name="there", kind="town", country=country, path=path, **self._one((where, where, {})))

    def _count(self, what: Any) -> Count:
        low = self._random.randint(0, 4)
        return Count(what=what, low=low, high=self._one((None, low, low + 2)), span=Span("some", 0, 4))

    def _voice(self) -> Attribution:
        return Attribution(
            span=Span("he", 0, 2),
            speaker=self._one(get_args(SpeakerClass)),
            nation=self._one((None, *NATIONS)),
            actor=self._one((None, *IDS)),
            via=self._one(("", *OUTLETS)),
        )

    def story(self, articles: int) -> list[tuple[Article, tuple[Event, ...]]]:
        """Articles of a spring in order, some of them in a second revision that says something else."""
        told = []
        for number in range(articles):
            day = at("03-01") + DAY * (number * 60 // articles)
            name = f"a{number - 3}" if number > 3 and self._random.random() < 0.15 else f"a{number}"
            home = self.article(name, f"{day:%m-%d}", revision=1 + (name != f"a{number}"))
            when = f"{day - DAY * self._random.randint(0, 2):%m-%d}"
            told.append((home, tuple(self.event(home, 100 * place, when) for place in range(self._random.randint(0, 3)))))
        return told

    # ------------------------------------------------------------------------------------------------------------- choices

    def _one(self, items: Any) -> Any:
        return items[self._random.randrange(len(items))]

    def _some(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(self._random.sample(items, self._random.randint(1, min(3, len(items)))))

    def _perhaps(self, items: Any) -> Any:
        return self._some(items) if self._random.random() < 0.4 else ()
