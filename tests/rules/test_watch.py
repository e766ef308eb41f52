"""Watch lists: what they come to mean, every mistake at its place, and that none of them quotes what stands there."""

from datetime import date
from pathlib import Path

import pytest
from small_world import WORLD

from rules.load import gather, load_rules, load_texts, read_rules
from rules.model import NearSite, Rule, Site, Watch

RULES = """\
version: 1
watch: {ours: watch/ours.yaml}
rules: [{id: a, severity: low, owner: me, when: {event: threat, near: {watch: ours}}, tests: [{fires: a}, {silent: b}]}]
"""
LIST = """\
version: 1
sites:
  - {id: plant, name: Secret  Plant, at: [30.5, -47], radius: 500m}
people:
  - {id: jane, name: Jane Secret, aliases: [Dr Secret, "J. Secret"]}
travel:
  - {id: trip, name: Jane in Basra, at: [30, 48], radius: 10mi, from: 2031-01-04, to: 2031-01-04}
"""


def rule_with(text: str) -> Rule:
    """The one rule, with this watch list."""
    return load_texts({"rules.yaml": RULES, "watch/ours.yaml": text}, WORLD).rules[0]


def near_of(rule: Rule) -> NearSite:
    """Its `near` clause."""
    return next(part for part in rule.core.parts if isinstance(part, NearSite))  # type: ignore[union-attr]


def test_what_a_list_means() -> None:
    """Sites and travel are spots, people are spellings."""
    watch = near_of(rule_with(LIST)).watch
    assert watch.sites == (
        Site("plant", "Secret Plant", 30.5, -47.0, 0.5),
        Site("trip", "Jane in Basra", 30.0, 48.0, 16.09344, date(2031, 1, 4), date(2031, 1, 4)),
    )
    assert watch.people == (("Jane Secret", "jane"), ("Dr Secret", "jane"), ("J. Secret", "jane"))


def test_a_rule_changes_with_its_list_and_not_with_its_wording() -> None:
    """What stands on the list takes part in the hash, its layout does not."""
    first = rule_with(LIST)
    assert rule_with("# words\n" + LIST).hash == first.hash
    assert rule_with(LIST.replace("500m", "501m")).hash != first.hash
    assert rule_with(LIST.replace("Dr Secret", "Mrs Secret")).hash != first.hash


def test_what_stands_on_a_list_is_not_printed() -> None:
    """Neither by a rule, nor by a set, nor by the list itself."""
    rules = load_texts({"rules.yaml": RULES, "watch/ours.yaml": LIST}, WORLD)
    for printed in (repr(rules), str(rules.rules[0]), repr(near_of(rules.rules[0]).watch)):
        assert "Secret" not in printed
        assert "30.5" not in printed


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        ("sites: []\n", ['1:1: a watch list says which version of the language it is; its first line is "version: 1"']),
        ("version: 1\nsites: 5\n", ['2:8: "sites" is a list']),
        ("version: 1\nsites: [Secret]\n", ['2:9: an entry of "sites" is a map; allowed keys: id, name, at, radius']),
        (
            "version: 1\nsites: [{id: s}]\n",
            [
                '2:9: an entry of "sites" has no "name": what alerts call it',
                '2:9: an entry of "sites" has no "at": [degrees north, degrees east], WGS 84',
                '2:9: an entry of "sites" has no "radius": how far it reaches, e.g. 5km',
            ],
        ),
        (
            "version: 1\nsites: [{id: Secret Place, name: [], at: [91, 7], radius: secret}]\n",
            [
                '2:14: "id" is a slug: a-z, 0-9 and single hyphens, up to 64 characters',
                '2:34: "name" is a text',
                '2:42: "at" is [degrees north, degrees east], e.g. [30.51, 47.78]; north from -90 to 90, east from -180 to 180',
                '2:59: "radius" is a distance like "500m" or "50km"',
            ],
        ),
        (
            "version: 1\nsites: [{id: s, name: S, at: [1, 2], radius: 1km}, {id: s, name: S, at: [true, 2], radius: 1km}]\n",
            [
                '2:57: this id stands in "sites" already',
                '2:73: "at" is [degrees north, degrees east], e.g. [30.51, 47.78]; north from -90 to 90, east from -180 to 180',
            ],
        ),
        ('version: 1\npeople: [{id: p, name: "!", aliases: Secret}]\n', ["2:24: this name has no letters to look for"]),
        (
            "version: 1\ntravel: [{id: t, name: T, at: [1, 2], radius: 1km, from: 2031-01-05, to: 2031-01-04}]\n",
            ['2:74: "to" is a day before "from"'],
        ),
        (
            "version: 1\ntravel: [{id: t, name: T, at: [1, 2], radius: 1km, from: secretly}]\n",
            ['2:10: an entry of "travel" has no "to": last day'],
        ),
    ],
)
def test_each_mistake_is_told_at_its_place_and_never_quotes(broken: str, expected: list[str]) -> None:
    """Who reads the mistakes of rules need not be among those who read the list."""
    found, mistakes = read_rules({"rules.yaml": RULES, "watch/ours.yaml": broken}, WORLD)
    assert found is None
    assert [str(one) for one in mistakes] == [f"watch/ours.yaml:{words}" for words in expected]
    assert not any("ecret" in str(one) for one in mistakes)


def test_a_list_without_what_is_asked_for() -> None:
    """`near` needs spots, `mentions` needs people."""
    for text, words in (
        ("version: 1\npeople: [{id: p, name: P}]\n", 'rules.yaml:3:79: watch list "ours" has no sites and no travel'),
        ("version: 1\nsites: []\n", 'rules.yaml:3:79: watch list "ours" has no sites and no travel'),
    ):
        _, mistakes = read_rules({"rules.yaml": RULES, "watch/ours.yaml": text}, WORLD)
        assert [str(one) for one in mistakes] == [words]


def test_a_name_stands_for_one_list_in_the_whole_set() -> None:
    """Two files may use the same list, not two lists by one name."""
    other = RULES.replace("id: a", "id: b")
    same = {"one.yaml": RULES, "two.yaml": other, "watch/ours.yaml": LIST}
    assert read_rules(same, WORLD)[1] == ()
    texts = {"one.yaml": RULES, "x/two.yaml": other, "watch/ours.yaml": LIST, "x/watch/ours.yaml": LIST.replace("500m", "5km")}
    assert [str(one) for one in read_rules(texts, WORLD)[1]] == [
        'x/two.yaml:2:1: watch list "ours" is another file elsewhere in the set; give one of them another name'
    ]


def test_a_rule_file_brings_its_lists_along(tmp_path: Path) -> None:
    """Given alone, or within its folder; a list in the folder is no rule file."""
    (tmp_path / "watch").mkdir()
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "watch" / "ours.yaml").write_text(LIST)
    for given in (tmp_path / "rules.yaml", tmp_path):
        texts, mistakes = gather([given])
        assert mistakes == []
        assert sorted(texts) == [(tmp_path / name).as_posix() for name in ("rules.yaml", "watch/ours.yaml")]
        assert near_of(load_rules([given], WORLD).rules[0]).watch == Watch(
            "ours",
            near_of(rule_with(LIST)).watch.digest,
            *(getattr(near_of(rule_with(LIST)).watch, kind) for kind in ("sites", "people")),
        )
