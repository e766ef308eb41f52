"""A rule made worse in small ways: one clause, value, case or bound less. A good set of tests notices each of them.

Called by `streams.trial`. Defaults are not touched, for nobody wrote them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rules.defaults import expanded
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    EventIs,
    IdIs,
    InstrumentIs,
    KindIs,
    NationIs,
    NotThat,
    OutcomeIn,
    PlaceIn,
    Resume,
    Rule,
    StageIn,
    StandingIn,
    Who,
    WordsIn,
)
from rules.spell import spelled
from streams.durations import in_words

_VALUES = {
    EventIs: "nodes",
    KindIs: "kinds",
    InstrumentIs: "kinds",
    IdIs: "ids",
    NationIs: "nations",
    PlaceIn: "areas",
    OutcomeIn: "outcomes",
    StageIn: "stages",
    StandingIn: "standings",
    WordsIn: "words",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed rule."""

    rule: Rule
    line: int  # of what was changed
    change: str  # in words, e.g. `without "target: {kind: base}"`


def mutants(rule: Rule) -> Iterator[Mutant]:
    """All of them, in the order of the rule's parts."""
    for core, line, change in _less(rule.core):
        yield Mutant(replace(rule, core=core, when=expanded(core)), line or rule.line, change)
    for number, case in enumerate(rule.severity[:-1]):
        before, after = rule.severity[:number], rule.severity[number + 1 :]
        for when, line, change in _less(case.when):
            yield Mutant(replace(rule, severity=(*before, replace(case, when=when), *after)), line, change)
        line = getattr(case.when, "line", 0) or rule.line
        yield Mutant(replace(rule, severity=(*before, *after)), line, f'without severity "{case.severity}"')
    if isinstance(rule.form, Resume):
        for form, change in _other_pauses(rule.form):
            yield Mutant(replace(rule, form=form), rule.line, change)


def _other_pauses(resume: Resume) -> Iterator[tuple[Resume | None, str]]:
    yield None, 'without "resume"'
    for factor in (0.5, 2):
        pause = resume.pause * factor
        yield replace(resume, pause=pause), f'with "pause: {in_words(pause)}"'
    if "observed" in resume.evidence:
        more = resume.before_incidents + 1
        yield replace(resume, before_incidents=more), f'with "incidents: {more}"'
    for kind in sorted(resume.evidence) if len(resume.evidence) > 1 else ():
        yield replace(resume, evidence=resume.evidence - {kind}), f'without evidence "{kind}"'


def _less(part: Any) -> Iterator[tuple[Any, int, str]]:
    """Variants of a clause or trait that ask for less or allow less: (variant, line, change)."""
    if isinstance(part, (AllOf, AnyOf)):
        for number, one in enumerate(part.parts):
            if len(part.parts) > 1:
                rest = (*part.parts[:number], *part.parts[number + 1 :])
                yield replace(part, parts=rest), one.line, f'without "{spelled(one)}"'
            for variant, line, change in _less(one):
                yield replace(part, parts=(*part.parts[:number], variant, *part.parts[number + 1 :])), line, change
    elif isinstance(part, (NotThat, AboutIs)):
        for variant, line, change in _less(part.part):
            yield replace(part, part=variant), line, change
    elif isinstance(part, Who):
        for variant, line, change in _less(part.traits):
            yield replace(part, traits=variant), line, change
    elif type(part) in _VALUES:
        name = _VALUES[type(part)]
        values = getattr(part, name)
        for value in values if len(values) > 1 else ():
            rest = tuple(one for one in values if one != value)
            yield replace(part, **{name: rest}), part.line, f'without "{value}" in "{spelled(part)}"'
