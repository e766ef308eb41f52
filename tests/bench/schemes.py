"""What the labels of the type benches are in our taxonomy, and the other way round; used by `types` and `train_types`.

`SLUGS` names the node that a bench label stands for; the sorter learns these nodes. `TABLES` maps nodes to labels: for a type the
nearest ancestor that the table has decides, a type without one has no label.
"""

from collections.abc import Mapping

from streams.knowledge.world import Knowledge

SLUGS: Mapping[str, Mapping[str, str]] = {
    "case": {
        "ABDUCT_DISSAP": "abduction",
        "AGREEMENT": "agreement",
        "AIR_STRIKE": "air-drone-strike",
        "ARMED_CLASH": "armed-clash",
        "ARREST": "arrests",
        "ART_MISS_ATTACK": "shelling",
        "ATTACK": "attack",
        "ATTRIB": "blame",
        "CHANGE_TO_GROUP_ACT": "change-to-group",
        "CHEM_WEAP": "chemical-weapon",
        "DIPLO": "diplomacy",
        "DISR_WEAP": "disrupted-weapons-use",
        "FORCE_AGAINST_PROTEST": "force-against-protesters",
        "GOV_REGAINS_TERIT": "government-regains-territory",
        "GRENADE": "grenade",
        "HQ_ESTABLISHED": "base-established",
        "MAN_MADE_DISASTER": "accident",
        "MOB_VIOL": "mob-violence",
        "NATURAL_DISASTER": "disaster",
        "NON_STATE_ACTOR_OVERTAKES_TER": "non-state-overtakes-territory",
        "NON_VIOL_TERRIT_TRANSFER": "non-violent-transfer-of-territory",
        "ORG_CRIME": "crime",
        "OTHER": "other-development",
        "PEACE_PROTEST": "peaceful-protest",
        "PROPERTY_DISTRUCT": "looting",
        "PROTEST_WITH_INTER": "protest-with-intervention",
        "REM_EXPLOS": "remote-explosive",
        "SEX_VIOL": "sexual-violence",
        "SUIC_BOMB": "suicide-bomb",
        "VIOL_DEMONSTR": "violent-demonstration",
    },
    "plv": {
        "ACCUSE": "accusation",
        "AGREE": "promise",
        "AID": "aid",
        "ASSAULT": "violence",
        "COERCE": "coercion",
        "CONSULT": "meeting",
        "COOPERATE": "cooperation",
        "MOBILIZE": "mobilisation",
        "PROTEST": "protests",
        "REJECT": "rejection",
        "REQUEST": "request",
        "SANCTION": "sanctions",
        "SUPPORT": "support",
        "THREATEN": "threat",
        "YIELD": "concession",
    },
}

_CASE = {slug: label for label, slug in SLUGS["case"].items()} | {
    "armed-attack": "ATTACK",
    "battles": "ARMED_CLASH",
    "explosions": "REM_EXPLOS",
    "explosion": "REM_EXPLOS",
    "arson": "PROPERTY_DISTRUCT",
    "ship-seizure": "ABDUCT_DISSAP",
    "riot": "VIOL_DEMONSTR",
    "violence-against-civilians": "ATTACK",
    "protests": "PEACE_PROTEST",
    "operations": "OTHER",
    "seizure": "DISR_WEAP",
    "troop-movement": "CHANGE_TO_GROUP_ACT",
    "mobilisation": "CHANGE_TO_GROUP_ACT",
    "surrender": "AGREEMENT",
    "release": "AGREEMENT",
    "ceasefire-announced": "AGREEMENT",
    "claim": "ATTRIB",
    "denial": "ATTRIB",
    "accusation": "ATTRIB",
    "statements": "DIPLO",
    "state-acts": "DIPLO",
    "justice": "ARREST",
    "crackdown": "FORCE_AGAINST_PROTEST",
}
_PLV = {slug: label for label, slug in SLUGS["plv"].items()} | {
    "riot": "PROTEST",
    "abduction": "ASSAULT",
    "armed-attack": "ASSAULT",
    "cyber-attack": "COERCE",
    "arrests": "COERCE",
    "search-operation": "COERCE",
    "seizure": "COERCE",
    "curfew": "COERCE",
    "emergency": "COERCE",
    "conviction": "COERCE",
    "justice": "ACCUSE",
    "condemnation": "ACCUSE",
    "denial": "ACCUSE",
    "promise": "AGREE",
    "demand": "REQUEST",
    "talks": "CONSULT",
    "diplomacy": "CONSULT",
    "relations": "SUPPORT",
    "agreement": "SUPPORT",
    "exercise": "COOPERATE",
    "release": "YIELD",
    "surrender": "YIELD",
    "troop-movement": "MOBILIZE",
    "ceasefire-announced": "YIELD",
    "evacuation-ordered": "YIELD",
    "expulsion": "SANCTION",
    "ties-cut": "SANCTION",
    "embassy-closed": "SANCTION",
    "ceasefire-broken": "ASSAULT",
    "border-closed": "SANCTION",
    "airspace-closed": "SANCTION",
    "crime": "ASSAULT",
}
# PLOVER's older division: the same acts, some of them split
_PLOVER = {
    slug: {"REQUEST": "DEMAND", "ACCUSE": "DISAPPROVE", "YIELD": "CONCEDE"}.get(label, label) for slug, label in _PLV.items()
} | {
    "battles": "FIGHT",
    "explosions": "FIGHT",
    "investigation": "INVESTIGATE",
    "troop-movement": "RETREAT",
    "surrender": "RETREAT",
    "ceasefire-announced": "RETREAT",
}
TABLES: Mapping[str, Mapping[str, str]] = {"case": _CASE, "plv": _PLV, "plover": _PLOVER}
# labels that the events of an article may split: label of the sorted act: labels that may take its place
SPLITS: Mapping[str, frozenset[str]] = {
    "ASSAULT": frozenset({"FIGHT"}),
    "DISAPPROVE": frozenset({"INVESTIGATE"}),
    "CONCEDE": frozenset({"RETREAT"}),
}


def label(scheme: str, slug: str, known: Knowledge) -> str | None:
    """The label of a type: of itself or its nearest ancestor in the table; None when it has none."""
    node = known.taxonomy.get(slug)
    return next((TABLES[scheme][one] for one in reversed(node.path) if one in TABLES[scheme]), None) if node is not None else None
