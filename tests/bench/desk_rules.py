"""Rules as desks write them, thousands of them and none a clone, from the real knowledge: for benches that need many.

Each combines a type with two to four of: kind, nation by role, group, place, weapon, outcome, toll, words, names, voices, feeds,
watched sites; with severity cases and, one in twelve, a form over time. What the news is full of comes more often, as it does in
rules; what would match everything is left out, as nobody would keep it.
"""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from streams.knowledge.world import Knowledge

VIOLENCE = ("armed-attack", "explosions", "air-drone-strike", "shelling", "suicide-bomb", "remote-explosive", "armed-clash",
            "shooting", "assassination", "abduction", "arson", "ambush", "attack", "grenade", "stabbing", "looting", "execution",
            "seizure")  # fmt: skip
UNREST = ("riot", "peaceful-protest", "protest-with-intervention", "violent-demonstration", "force-against-protesters",
          "mob-violence", "labour-strike", "crackdown", "arrests")  # fmt: skip
STATE = ("coup", "emergency", "curfew", "border-closed", "airspace-closed", "embassy-closed", "evacuation-ordered", "sanctions",
         "travel-warning", "ceasefire-announced", "ceasefire-broken", "expulsion", "mobilisation", "troop-movement", "weapons-test",
         "resignation", "ties-cut", "terror-listing", "agreement", "talks", "release", "conviction")  # fmt: skip
MISHAPS = ("accidental-explosion", "fire-accident", "aircraft-crash", "shipwreck", "vehicle-crash", "flood", "earthquake", "storm",
           "power-outage", "epidemic", "industrial-accident", "building-collapse")  # fmt: skip
WORDS = ("convoy", "motorcade", "warehouse", "pipeline", "tanker", "compound", "checkpoint", "headquarters", "barracks", "refinery",
         "terminal", "airfield", "dam", "consulate", "market", "shrine", "ferry", "railway", "substation", "depot", "cargo", "crew",
         "ransom", "hostages", "militia", "mercenaries", "smugglers", "drone boat", "cluster munitions", "power grid", "oil field",
         "grain silo", "data centre", "undersea cable", "border fence", "air raid", "no-fly zone", "sleeper cell")  # fmt: skip
HOT = ("SY", "IQ", "TR", "US", "RU", "IR", "GB", "FR", "IL", "SA", "DE", "LB", "JO", "YE", "UA")
SITES = 24  # watch lists


class Desk:
    """A source of rules; the same seed gives the same rules."""

    def __init__(self, knowledge: Knowledge, seed: int = 5) -> None:
        self._random = Random(seed)
        entities = knowledge.entities.values()
        self._nations = tuple(sorted(one.id for one in entities if one.kind == "nation"))
        self._groups = tuple(sorted(one.id for one in entities if one.kind in ("armed-group", "criminal-group")))
        self._bodies = tuple(sorted(one.id for one in entities if one.kind not in ("nation", "place", "media")))
        self._sites = tuple(sorted(one.id for one in entities if one.kind in ("base", "oil-site", "power-site", "nuclear-site")))
        self._places = tuple(sorted(one.id for one in entities if one.kind == "place"))
        self._outlets = tuple(sorted(one.aliases[0] for one in entities if one.kind == "media" and one.aliases))
        self._kinds = tuple(sorted(set(knowledge.kinds) - {"nation", "demonym", "place", "person", "site", "organisation"}))
        self._weapons = tuple(sorted(set(knowledge.instruments) - {"weapon"}))
        self._spots = [
            (one.place.latitude, one.place.longitude)
            for one in sorted(entities, key=lambda one: one.id)
            if one.place and one.place.latitude is not None and one.place.kind in ("site", "town")
        ]

    def files(self, count: int) -> dict[str, str]:
        """Texts by path: a watch list for each region of ours, and rules in files of 500."""
        texts = {f"desk/watch-{number}.yaml": self._watch(number) for number in range(SITES)}
        names = ", ".join(f"sites-{number}: watch-{number}.yaml" for number in range(SITES))
        rules = list(self.rules(count))
        for first in range(0, count, 500):
            head = f"version: 1\nwatch: {{{names}}}\nrules:\n" if first == 0 else "version: 1\nrules:\n"
            texts[f"desk/rules-{first // 500}.yaml"] = head + "".join(rules[first : first + 500])
        return texts

    def rules(self, count: int) -> Iterator[str]:
        """Entries of a rule file."""
        for number in range(count):
            core, form = self._when(), ""
            if self._random.random() < 0.08:
                form = self._form()
            yield (
                f"  - id: rule-{number}\n    title: {self._title(number)}\n    owner: desk-{number % 17}\n"
                f"    definition: Number {number} of the watch book, agreed with the people it concerns, read again each spring.\n"
                f"    when: {core}\n{form}    severity: {self._severity()}\n"
                f"    tests:\n      - fires: Something of number {number} happened near the town on Monday, officials said.\n"
                f"      - silent: Nothing of number {number} happened near the town on Monday, officials said.\n"
            )

    # --------------------------------------------------------------------------------------------------------------- when

    def _when(self) -> str:
        shapes: tuple[tuple[int, Callable[[], list[str]]], ...] = (
            (30, lambda: [self._event(VIOLENCE), self._target(), self._place()]),
            (8, lambda: [self._event(VIOLENCE), self._target(), self._weapon(), self._place()]),
            (10, lambda: [self._event(VIOLENCE), f"actor: {{group: {self._one(self._groups)}}}"]),
            (6, lambda: [self._event(VIOLENCE), self._actor(), self._place()]),
            (5, lambda: [self._event(VIOLENCE), f"target: {{id: {self._one(self._sites)}}}"]),
            (4, lambda: [self._event(VIOLENCE), f"near: {{watch: sites-{self._random.randrange(SITES)}, within: 60km}}"]),
            (4, lambda: [self._event(VIOLENCE), self._place(), f'killed: ">={self._one((1, 3, 5, 10, 25))}"']),
            (3, lambda: [self._event(VIOLENCE), "target: {nation: {differs_from: place.country}}", self._place()]),
            (3, lambda: [f"event: threat, about: {{event: armed-attack, {self._target()}}}"]),
            (2, lambda: [f"event: claim, claimed_by: {{group: {self._one(self._groups)}}}"]),
            (7, lambda: [self._event(UNREST), self._place()]),
            (7, lambda: [self._event(STATE), self._place()]),
            (2, lambda: [self._event(STATE), f"actor: {{nation: {self._nation()}}}", f"target: {{nation: {self._nation()}}}"]),
            (4, lambda: [self._event(MISHAPS), self._place()]),
            (4, lambda: [self._event(VIOLENCE + UNREST), f"text: {{any: [{', '.join(self._some(WORDS))}]}}", self._place()]),
            (3, lambda: [self._event(VIOLENCE + STATE), f"mentions: [{', '.join(self._some(self._bodies))}]", self._place()]),
        )
        parts = self._random.choices([made for _, made in shapes], [weight for weight, _ in shapes])[0]()
        parts += [self._more() for _ in range(self._random.choice((0, 0, 0, 1, 1, 2)))]
        keys: dict[str, str] = {}
        for part in parts:
            keys.setdefault(part.partition(":")[0], part)
        return "{" + ", ".join(keys.values()) + "}"

    def _more(self) -> str:
        return self._one((
            lambda: f"not: {{actor: {{forces_of: {self._nation()}}}}}",
            lambda: f"not: {{outcome: {self._one(('foiled', 'intercepted'))}}}",
            lambda: "standing: [confirmed, reported]",
            lambda: f"speaker: {{class: {self._one(('official', 'witness', 'armed-group'))}}}",
            lambda: f"speaker: {{outlet: {self._one(self._outlets)}}}",
            lambda: f"source: [{self._one(('wire', 'paper', 'agency'))}]",
            self._weapon,
            lambda: f'wounded: ">={self._one((1, 5, 20))}"',
            lambda: "any: [{killed: \">=1\"}, {outcome: hit}]",
            lambda: f"not: {{text: {{any: [{self._one(WORDS)}]}}}}",
            lambda: "actor: {known: true}",
        ))()  # fmt: skip

    def _event(self, types: tuple[str, ...]) -> str:
        few = self._some(types) if self._random.random() < 0.3 else (self._one(types),)
        return f"event: [{', '.join(few)}]"

    def _target(self) -> str:
        return f"target: {self._who()}"

    def _actor(self) -> str:
        return f"actor: {self._who()}"

    def _who(self) -> str:
        role = self._one(("nation", "forces_of", "used_by", "owned_by", "sponsored_by", "nation"))
        kind = f"kind: [{', '.join(self._some(self._kinds))}]" if self._random.random() < 0.3 else f"kind: {self._one(self._kinds)}"
        return "{" + self._one((kind, kind, f"{role}: {self._nation()}", f"{kind}, {role}: {self._nation()}")) + "}"

    def _place(self) -> str:
        area = self._one((self._nation, self._nation, lambda: self._one(self._places)))()
        more = f", {self._nation()}" if self._random.random() < 0.2 else ""
        return f"place: {{in: [{area}{more}]}}"

    def _weapon(self) -> str:
        return f"instrument: [{', '.join(self._some(self._weapons))}]"

    def _nation(self) -> str:
        return f'"{self._one(HOT if self._random.random() < 0.3 else self._nations)}"'

    # --------------------------------------------------------------------------------------------------------------- rest

    def _severity(self) -> str:
        cases = (
            'critical: {killed: ">=10"}',
            'high: {killed: ">=1"}',
            "medium: {outcome: [intercepted, missed, foiled]}",
            f"high: {{target: {{nation: {self._nation()}}}}}",
            f"critical: {{instrument: {self._one(self._weapons)}}}",
        )
        if self._random.random() < 0.5:
            return self._one(("high", "medium", "low"))
        chosen = self._random.sample(cases, self._random.randint(1, 3))
        return "[" + ", ".join(f"{{{case}}}" for case in chosen) + f", {self._one(('medium', 'low'))}]"

    def _form(self) -> str:
        by = self._one(("place.country", "actor.group", "target.nation", "instrument"))
        steps = f"[{{event: ceasefire-announced}}, {{event: {self._one(VIOLENCE)}}}]"
        return self._one((
            "    resume: {by: [], pause: 30d, before_pause: {incidents: 3, within: 90d}}\n",
            f"    count: {{incidents: {self._random.randint(2, 6)}, within: {self._one(('48h', '7d', '30d'))}, by: {by}}}\n",
            f"    first: {{within: {self._one(('30d', '90d'))}, by: [{by}]}}\n",
            f"    sequence: {{by: place.country, within: 14d, steps: {steps}}}\n",
        ))  # fmt: skip

    def _title(self, number: int) -> str:
        return f"{self._one(VIOLENCE + UNREST).replace('-', ' ').capitalize()} of concern, number {number}"

    def _watch(self, number: int) -> str:
        rows = [
            f"  - {{id: site-{number}-{place}, name: Site {number} {place}, at: [{latitude:.3f}, {longitude:.3f}], radius: 5km}}\n"
            for place, (latitude, longitude) in enumerate(self._random.sample(self._spots, 6))
        ]
        return "version: 1\nsites:\n" + "".join(rows)

    def _one(self, items: Any) -> Any:
        return items[self._random.randrange(len(items))]

    def _some(self, items: tuple[str, ...]) -> list[str]:
        return self._random.sample(items, self._random.randint(2, 3))
