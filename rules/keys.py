"""Every key of rule files and watch lists, with what it means in one line: the one list that reader, schema and reference share.

`rules.load` and the readers below it allow exactly these keys; `tocsin schema` describes them with these words; a test looks
for each in docs/rules.md. The order is that of the reference, and of what the reader makes of a map.
"""

GROUPS = {
    "any": "at least one of these maps must hold",
    "all": "each of these maps must hold",
    "not": "excludes what is stated so; what is not stated stays",
}
FILE = {
    "version": "1, the version of the language",
    "lists": "lists of words by name, used as $name wherever a list may stand",
    "watch": "watch lists by name: files with your own sites, people and travel, relative to this file",
    "rules": "the rules",
}
RULE = {
    "id": "a slug that never changes: what was told is remembered under it",
    "title": "the headline of its posts, up to 150 characters",
    "owner": "who answers for it",
    "definition": "the rule in words",
    "references": "what the definition rests on: a text or a list",
    "mode": "on, or shadow: judged and counted, never sent",
    "when": "what is to match; a map is and, a list is or",
    "resume": "the first after a pause",
    "count": "so many incidents within so long",
    "sequence": "one thing, then another, within so long",
    "first": "the first of its key in so long",
    "severity": "a severity, or a list of cases of which the first that holds counts",
    "max_age": "older events are not announced as new, e.g. 48h; 7d where it is not given",
    "expires": "the last day on which it announces anything new",
    "alert": "where it goes, what calls again, and how it is delivered",
    "tests": "articles that must raise it, and articles that must not",
}
WHEN = {
    "event": "the type is one of these nodes of the taxonomy or below one",
    "stage": "how real it is: happened, announced, threatened, planned, exercise, hypothetical, retold",
    "standing": "whose word stands: confirmed, reported, claimed, disputed, denied",
    "outcome": "every outcome still possible is one of these: hit, intercepted, missed, foiled; or {known: true}",
    "instrument": "one weapon is of one of these kinds or below one; or {known: true}",
    "place": "where: in (nations, regions, towns, sites), country against the origin's, known",
    "origin": "where it was launched or set out from: in, known",
    "near": "near a site of a watch list",
    "actor": "one of those who do it has all these traits",
    "target": "one of those it is done to has all these traits",
    "claimed_by": "one of those who claim responsibility has all these traits",
    "disowned_by": "one of those who deny responsibility has all these traits",
    "speaker": "one voice that it rests on is all of this: class, nation, id, outlet",
    **dict.fromkeys(
        ("killed", "wounded", "missing", "captured", "displaced", "fired"), 'a number, or a comparison in quotes like ">=1"'
    ),
    "doubt": "whether the text itself calls something unclear: {known: true} or {known: false}",
    "disclosed_late": "true: first reported now though it happened well before; false: not so",
    "source": "the article came by one of these feeds",
    "about": "what a statement (threat, claim, announcement) speaks of: event, stage, place, actor, target",
    "mentions": "the article names one of these: known entities, plain names, people of a watch list",
    "text": "words that stand there; a last resort, for words cannot tell who did what",
    **GROUPS,
}
ABOUT = {key: WHEN[key] for key in ("event", "stage", "place", "actor", "target", *GROUPS)}
TRAITS = {
    "kind": "it is of this kind or below one, e.g. base, embassy, soldier",
    "id": "it is this known site, group or alliance",
    "group": "the same as id",
    "nation": "this nation has anything to do with it; or {differs_from: FIELD}, {same_as: FIELD}",
    "forces_of": "it is this nation's soldiers, arms or sites, or those of an alliance that it leads",
    "used_by": "this nation uses it, or owns it; users of an alliance count for each member",
    "owned_by": "this nation owns it",
    "sponsored_by": "this nation sponsors it",
    "known": "true: somebody is stated; false: nobody is",
    **GROUPS,
}
PLACE = {
    "in": "it lies within one of these nations, regions, towns or sites",
    "country": "{differs_from: origin.country} or {same_as: origin.country}",
    "known": "whether it is stated at all",
}
ORIGIN = {"in": PLACE["in"], "known": PLACE["known"]}
NEAR = {
    "watch": "the name of a watch list",
    "within": "how near, e.g. 50km; the radius of each site where it is not given",
    "if_coarse": "a place too coarse to tell counts as near, with this severity",
}
SPEAKER = {
    "class": "official, anonymous-official, armed-group, witness, media, other",
    "nation": "the nation that an official speaks for",
    "id": "a known group or body that speaks",
    "outlet": 'the credited outlet: Reuters in "told Reuters"',
    "known": "whether a voice is stated at all",
}
MENTIONS = {
    "any": "known entities by their id, or names as they are spelled",
    "watch": "people of a watch list",
    "in": "title, sentence or article; article where it is not given",
}
TEXT = {
    "any": "one of these words or phrases",
    "all": "each of them",
    "none": "none of them",
    "near": "words that stand close to each other: words, within",
    "in": "title, sentence or article; article where it is not given",
}
WORDS_NEAR = {"words": "each of these words or phrases", "within": "in one stretch of at most so many words"}
AGAINST = {
    "differs_from": "shares no nation with this field",
    "same_as": "shares a nation with this field",
}
RESUME = {
    "by": "what keeps series apart; an empty list, or nothing: one series",
    "pause": "the shortest quiet that counts, e.g. 30d",
    "before_pause": "what there must have been before an observed quiet: incidents, within",
    "evidence": "which kinds count: observed, stated, announced; all where it is not given",
    "history": "what our own history cannot know: the last attack, by whose word, and where to check it",
}
BEFORE = {"incidents": "at least so many", "within": "in so long before the quiet"}
HISTORY = {"last": "the day of the last attack", "by": "who says so", "ref": "where it can be checked"}
COUNT = {"incidents": "at least so many, 2 or more", "within": "in so long", "by": RESUME["by"]}
SEQUENCE = {
    "steps": "two or more conditions like when, in order of time",
    "within": "from the first to the last",
    "by": RESUME["by"],
}
FIRST = {"within": "none of its key for so long before it", "by": RESUME["by"]}
ALERT = {
    "to": "channels of the settings; the default channel where it is not given",
    "again_on": "what calls the desk again on the same post; an empty list: nothing but corrections",
    "hold": "wait for corroboration before the first telling: sources, within, else",
    "escalate": "whom to tell when nobody has taken it: unacked, to; or a list of such steps",
    "quiet": "hours in which less grave alerts go into a digest: from, to, time_zone, below",
    "budget": "how many alerts are sent before the rest goes into a digest: alerts, within",
    "inhibits": "rules that do not call about an incident of which this one has told",
}
HOLD = {
    "sources": "independent origins wanted, 2 or more",
    "within": "how long to wait for them",
    "else": "then: send-marked (single source, said aloud) or send; it is never dropped",
}
ESCALATE = {"unacked": "after so long without anybody taking it", "to": "channels of the settings"}
QUIET = {
    "from": 'wall time like "22:00", in quotes',
    "to": 'wall time like "06:00", in quotes; of the next day where it is before from',
    "time_zone": "e.g. Europe/Berlin; the desk's where it is not given",
    "below": "this severity and graver ones call at any hour; high where it is not given",
}
BUDGET = {"alerts": "so many", "within": "in so long"}
TEST = {
    "fires": "a text that must raise the rule, or a list of dated texts of which the last must",
    "silent": "a text, or a list of texts, that must not",
    "timeline": "dated texts in the order in which they come in, each with what it gives",
    "title": "its title",
    "published": "when it was published; Wednesday 8 January 2031 where it is not given",
    "source": "the feed it came by, for rules that ask for one",
    "severity": "the severity that the alert must have",
    "why": "why, in words",
}
ARTICLE = {"text": "what it says", "title": TEST["title"], "published": "when it was published", "source": TEST["source"]}
TOLD = {
    **ARTICLE,
    "gives": "the alert that it makes: new, update, correction, withdrawal, or nothing",
    "severity": TEST["severity"],
    "revises": "which text of the timeline it is a new revision of, counted from 1",
    "health": 'instead of a text: the feed named by "source" is "dead" or "alive" from "published" on',
}

WATCH_FILE = {
    "version": FILE["version"],
    "sites": "sites of your own",
    "people": "people of your own, found by name",
    "travel": "where somebody of yours is to be, and from when to when",
}
SITE = {
    "id": "a slug",
    "name": "what alerts call it",
    "at": "[degrees north, degrees east], WGS 84",
    "radius": "how far it reaches, e.g. 5km",
}
PERSON = {"id": "a slug", "name": "as it is spelled in news", "aliases": "other spellings"}
TRAVEL = {**SITE, "from": "first day", "to": "last day"}
