"""A rule made worse in small ways: one clause, value, case or bound less. A good set of tests notices each of them.

Called by `streams.questions.trial`. Defaults are not touched, for nobody wrote them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from rules.defaults import expanded
from rules.model import (
    AboutIs,
    AllOf,
    AnyOf,
    CountWithin,
    EventIs,
    FirstWithin,
    Form,
    IdIs,
    InstrumentIs,
    KindIs,
    Mentions,
    NationIs,
    NearSite,
    NotThat,
    OriginIn,
    OutcomeIn,
    PlaceIn,
    Resume,
    Rule,
    SequenceWithin,
    SourceIn,
    SpeakerIs,
    StageIn,
    StandingIn,
    Watch,
    Who,
    WordsIn,
    WordsNear,
)
from rules.spell import spelled
from streams.notation.durations import in_words

_VALUES = {
    EventIs: "nodes",
    KindIs: "kinds",
    InstrumentIs: "kinds",
    IdIs: "ids",
    NationIs: "nations",
    PlaceIn: "areas",
    OriginIn: "areas",
    SourceIn: "sources",
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
    if not isinstance(rule.form, SequenceWithin):  # its steps are what is judged
        for core, line, change in _less(rule.core):
            yield Mutant(replace(rule, core=core, when=expanded(core)), line or rule.line, change)
    for number, case in enumerate(rule.severity[:-1]):
        before, after = rule.severity[:number], rule.severity[number + 1 :]
        for when, line, change in _less(case.when):
            yield Mutant(replace(rule, severity=(*before, replace(case, when=when), *after)), line, change)
        line = getattr(case.when, "line", 0) or rule.line
        yield Mutant(replace(rule, severity=(*before, *after)), line, f'without severity "{case.severity}"')
    for form, line, change in _other_forms(rule.form):
        yield Mutant(_with(rule, form), line or rule.line, change)


def _with(rule: Rule, form: Form | None) -> Rule:
    """The rule with another form; what satisfies a step of a sequence satisfies the rule."""
    if not isinstance(form, SequenceWithin):
        return replace(rule, form=form)
    core, when = (AnyOf(tuple(getattr(step, part) for step in form.steps)) for part in ("core", "when"))
    return replace(rule, form=form, core=core, when=when)


def _other_forms(form: Form | None) -> Iterator[tuple[Form | None, int, str]]:
    match form:
        case Resume():
            yield from ((other, 0, change) for other, change in _other_pauses(form))
        case CountWithin():
            yield None, 0, 'without "count"'
            for incidents in (form.incidents - 1, form.incidents + 1):
                if incidents >= 2:
                    yield replace(form, incidents=incidents), 0, f'with "incidents: {incidents}"'
            yield from _other_windows(form)
        case SequenceWithin():
            yield from _other_steps(form)
            yield from _other_windows(form)
        case FirstWithin():
            yield None, 0, 'without "first"'
            yield from _other_windows(form)
    if form is not None:
        for part in form.by:
            yield replace(form, by=tuple(one for one in form.by if one != part)), 0, f'without "{part}" in "by"'


def _other_windows(form: CountWithin | SequenceWithin | FirstWithin) -> Iterator[tuple[Form, int, str]]:
    for factor in (0.5, 2):
        within = form.within * factor
        yield replace(form, within=within), 0, f'with "within: {in_words(within)}"'


def _other_steps(sequence: SequenceWithin) -> Iterator[tuple[Form, int, str]]:
    """A step less, where two are left, and each step with a clause less."""
    steps = sequence.steps
    for number, step in enumerate(steps):
        before, after = steps[:number], steps[number + 1 :]
        if len(steps) > 2:
            yield replace(sequence, steps=(*before, *after)), step.line, f'without step "{spelled(step.core)}"'
        for core, line, change in _less(step.core):
            other = replace(step, core=core, when=expanded(core))
            yield replace(sequence, steps=(*before, other, *after)), line or step.line, change


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
    else:
        for variant, change in _less_of_one(part):
            yield variant, part.line, f'{change} in "{spelled(part)}"'


def _less_of_one(part: Any) -> Iterator[tuple[Any, str]]:
    """The same of a clause that holds no other; the clause itself is spelled by the caller."""
    if isinstance(part, (Mentions, SpeakerIs)):
        yield from _less_of_several(part)
    elif isinstance(part, (NearSite, WordsNear)):
        yield from _other_reach(part)
    elif type(part) in _VALUES:
        for variant, value in _each_less(part, _VALUES[type(part)]):
            yield variant, f'without "{value}"'


def _each_less(part: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """The clause without each value of one of its lists, where another value is left."""
    values = getattr(part, name)
    for value in values if len(values) > 1 else ():
        yield replace(part, **{name: tuple(one for one in values if one != value)}), value


def _less_of_several(part: Mentions | SpeakerIs) -> Iterator[tuple[Any, str]]:
    """A clause of several lists without each of its values, or without a list of which that was all.

    What is mentioned are alternatives, so the last value of all stays; what is asked of a speaker must all hold.
    """
    lists = ("ids", "names", "watches") if isinstance(part, Mentions) else ("classes", "nations", "ids", "outlets")
    filled = [name for name in lists if getattr(part, name)]
    for name in filled:
        values = getattr(part, name)
        if len(values) > 1:
            yield from ((variant, f'without "{_shown(value)}"') for variant, value in _each_less(part, name))
        elif len(filled) > 1:
            less: dict[str, Any] = {name: ()}
            yield replace(part, **less), f'without "{_shown(values[0])}"'


def _shown(value: Any) -> str:
    return value.name if isinstance(value, Watch) else str(value)  # never what stands on a watch list


def _other_reach(part: NearSite | WordsNear) -> Iterator[tuple[Any, str]]:
    """Nearness with half and twice the reach, and without what else it allows or asks."""
    if isinstance(part, WordsNear):
        yield from ((variant, f'without "{word}"') for variant, word in _each_less(part, "words"))
        for words in sorted({max(part.within // 2, len(part.words)), part.within * 2} - {part.within}):
            yield replace(part, within=words), f'with "within: {words}"'
        return
    if part.if_coarse is not None:
        yield replace(part, if_coarse=None), 'without "if_coarse"'
    for factor in (0.5, 2) if part.within_km is not None else ():
        assert part.within_km is not None
        yield replace(part, within_km=part.within_km * factor), f'with "within: {part.within_km * factor:g}km"'
