"""A small knowledge built by hand, for tests of rules that must not move when the shipped knowledge grows."""

from streams.knowledge.aliases import Aliases
from streams.knowledge.world import Entity, Knowledge, Node
from streams.records.flow import NationRole, Place

_TYPES = {
    "violence": "",
    "armed-attack": "violence",
    "explosions": "armed-attack",
    "shelling": "explosions",
    "abduction": "violence",
    "statements": "",
    "threat": "statements",
    "resumption-announced": "statements",
    "diplomacy": "",
    "talks": "diplomacy",
}
_KINDS = {
    "force": "",
    "state-force": "force",
    "armed-group": "force",
    "alliance": "force",
    "person": "",
    "civilian": "person",
    "site": "",
    "military-site": "site",
    "base": "military-site",
    "energy-site": "site",
    "vehicle": "",
    "warship": "vehicle",
    "nation": "",
}
_TOOLS = {"weapon": "", "projectile": "weapon", "rocket": "projectile", "missile": "projectile", "drone": "weapon"}
_NATIONS = {
    "US": ("United States", "U.S.", "American"),
    "GB": ("United Kingdom", "British"),
    "IQ": ("Iraq", "Iraqi"),
    "SY": ("Syria", "Syrian"),
    "JO": ("Jordan", "Jordanian"),
    "IR": ("Iran", "Iranian"),
    "YE": ("Yemen", "Yemeni"),
}


def _paths(parents: dict[str, str]) -> dict[str, tuple[str, ...]]:
    def path(slug: str) -> tuple[str, ...]:
        return (*path(parents[slug]), slug) if parents[slug] else (slug,)

    return {slug: path(slug) for slug in parents}


def _place(slug: str, name: str, kind: str, *above: str) -> Place:
    return Place(span=None, name=name, kind=kind, country=(slug, *above)[-1], path=(slug, *above))  # type: ignore[arg-type]


def _entities() -> list[Entity]:
    nations = [
        Entity(code, names[0], "nation", (NationRole(code, "government"),), names, _place(code, names[0], "country"))
        for code, names in _NATIONS.items()
    ]
    return [
        *nations,
        Entity(
            "us-led-coalition", "U.S.-led coalition", "alliance", (NationRole("US", "forces", via="us-led-coalition"),), leader="US"
        ),
        Entity("kataib-hezbollah", "Kataib Hezbollah", "armed-group", (NationRole("IQ", "home"), NationRole("IR", "sponsor"))),
        Entity("houthis", "Houthis", "armed-group", (NationRole("YE", "home"), NationRole("IR", "sponsor"))),
        Entity("al-hasakah", "Al-Hasakah", "place", place=_place("al-hasakah", "Al-Hasakah", "province", "SY")),
        Entity(
            "middle-east", "Middle East", "place", place=Place(span=None, name="Middle East", kind="region", path=("middle-east",))
        ),
        Entity(
            "rumalin",
            "Rumalin",
            "base",
            (NationRole("US", "user"), NationRole("GB", "user", via="us-led-coalition"), NationRole("SY", "host")),
            place=_place("rumalin", "Rumalin", "site", "al-hasakah", "SY"),
        ),
    ]


WORLD = Knowledge(
    version="small world",
    taxonomy={
        slug: Node(slug, _TYPES[slug] or None, slug.replace("-", " ").capitalize(), path) for slug, path in _paths(_TYPES).items()
    },
    triggers=(),
    acts=(),
    kinds=_paths(_KINDS),
    instruments=_paths(_TOOLS),
    instrument_words={},
    role_words={},
    trade_words={},
    entities={entity.id: entity for entity in _entities()},
    nation_words=tuple(name for names in _NATIONS.values() for name in names),
    _nations=Aliases((name, code) for code, names in _NATIONS.items() for name in names),
    _areas={"middle-east": frozenset({"IQ", "SY", "JO", "IR", "YE"})},
)
