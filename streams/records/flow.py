"""The records that flow through Tocsin, from article to delivery.

Frozen dataclasses without behaviour beyond reading themselves. Every datetime is aware and in UTC. Offsets are half-open
and count characters of `Article.text` (of `Article.title` where a span says `where="title"`). Tuples are in reading order
unless a field says otherwise. Nothing here imports anything of ours but what a rule asks of delivery
and what a temporal form found.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from streams.records.digest import Digest
from streams.records.policies import Policy
from streams.records.prints import Credit
from streams.records.timelines import Pattern

Where = Literal["text", "title"]
Stage = Literal["happened", "announced", "threatened", "planned", "exercise", "hypothetical", "retold"]
Standing = Literal["confirmed", "reported", "claimed", "disputed", "denied"]
Outcome = Literal["hit", "intercepted", "missed", "foiled"]
Severity = Literal["critical", "high", "medium", "low"]
AlertKind = Literal["new", "update", "correction", "withdrawal"]
EvidenceKind = Literal["observed", "stated", "announced"]

NO_INCIDENT: tuple[Stage, ...] = ("retold", "hypothetical", "exercise")  # stages that are no thing in the world now
ANY = "*"  # a handle by which whoever looks finds an incident
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")  # gravest first


# ---------------------------------------------------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One item of one source, in one revision."""

    id: str  # feed name + raw guid, else canonical link, else content hash; never changes
    source: str  # the feed's own name in the settings; an immutable key
    url: str  # canonical link; "" when the item has none
    title: str  # plain text, white space folded
    text: str  # plain text, paragraphs separated by a blank line; made once, never edited after
    published: datetime  # the source's word, else `taken_at` (then date_quality is not "stated")
    taken_at: datetime  # stamped once by ingest; the only "now" the matcher knows
    revision: int = 1  # counts up when title, text or summary changed materially
    summary: str = ""  # plain text; often equal to the head of `text`
    language: str = "en"  # ISO 639-1, "" when unknown
    backfill: bool = False  # stood in the feed before we began to watch it, and is older than a day: told silently
    date_quality: Literal["stated", "missing", "future", "guessed"] = "stated"  # how `published` came about
    clipped: bool = False  # it was too long for a message, and its end is missing


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an article, quoted."""

    text: str  # the characters themselves
    start: int  # first character
    end: int  # one past the last character
    where: Where = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as a source yields it, before ingest has numbered its revision."""

    article: Article  # with revision 1
    fingerprint: str  # of its material words: equal fingerprints differ in cosmetics only


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a feed was left, and how it fares; written in one transaction with the items it brought."""

    feed: str
    address: str  # asked at the next poll; the settings' address until a permanent redirect has proved itself
    etag: str = ""  # sent back byte for byte
    last_modified: str = ""  # sent back byte for byte
    body_hash: str = ""  # of the last body that parsed
    first_polled: datetime | None = None  # None: never polled
    last_ok: datetime | None = None  # last poll that gave a feed, changed or not
    last_new: datetime | None = None  # last poll that gave a new item
    next_poll: datetime | None = None  # None: at once
    polls: int = 0  # since the feed was added
    conditional: int = 0  # polls with validators since the last full fetch
    failures: int = 0  # in a row
    diagnosis: str = ""  # of the last failure, "" when the last poll was good
    moves: tuple[str, int] = ("", 0)  # where a permanent redirect points, and how often it gave a feed there


# ------------------------------------------------------------------------------------------------------------ events


@dataclass(frozen=True, slots=True)
class NationRole:
    """What a nation has to do with a participant: a base has owner, users and host; a group home and sponsor."""

    nation: str  # ISO 3166-1 alpha-2, upper case, e.g. "US"
    role: Literal["owner", "user", "host", "forces", "government", "home", "sponsor", "nationality"]
    via: str = ""  # alliance through which it holds, e.g. "us-led-coalition"; "" when direct


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who did it, or to whom."""

    span: Span  # the whole phrase as the article has it
    head: str  # lemma of the head noun, lower case, e.g. "base"
    id: str | None = None  # canonical slug from the knowledge, e.g. "kataib-hezbollah"; None: not known
    kind: str | None = None  # slug of the kinds tree, e.g. "base", "armed-group", "state-force"; None: unknown
    nations: tuple[NationRole, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """With what."""

    span: Span
    kind: str  # slug, e.g. "rocket", "drone", "missile", "vehicle-bomb", "firearm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where; only as fine as the article says."""

    span: Span | None  # None when taken from a site that is named as target
    name: str  # finest name known, e.g. "Zumar" or "northeastern Syria"
    kind: Literal["site", "town", "province", "region", "country", "sea"]
    country: str | None = None  # ISO alpha-2; None: unknown
    path: tuple[str, ...] = ()  # slugs from finest to coarsest, e.g. ("rumalin", "al-hasakah", "SY")
    latitude: float | None = None  # degrees north, WGS 84
    longitude: float | None = None  # degrees east
    coarseness_km: float | None = None  # how far the coordinates may be from the spot; None with no coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """When; half-open, in UTC, as wide as what was said: "early February" is ten days wide."""

    start: datetime
    end: datetime
    precision: Literal["minute", "hour", "part-of-day", "day", "week", "part-of-month", "month", "season", "year", "unstated"]
    text: str = ""  # the words, "" when unstated (then it is bounded by the publication date)

    def meets(self, other: "Interval") -> bool:
        """Whether some moment lies in both."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many, as bounds: "at least 7" is (7, None), "no injuries" is (0, 0), "dozens" is (24, None)."""

    what: Literal["killed", "wounded", "missing", "captured", "displaced", "fired"]
    low: int
    high: int | None  # None: no upper bound
    span: Span
    whom: str = ""  # head of those counted, e.g. "personnel"; "" when not said


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """On whose word."""

    span: Span  # the speaker as named
    speaker: Literal["official", "anonymous-official", "armed-group", "witness", "media", "other"]
    nation: str | None = None  # the speaker's nation when an official's is stated
    actor: str | None = None  # canonical id of a known speaker, e.g. "kataib-hezbollah"
    via: str = ""  # credited outlet: "Reuters" in "told Reuters"; "" when none


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A pause that the text itself states, as told together with the attack or announcement that ends it."""

    quote: Span  # the words that state it
    since: Interval | None = None  # when the quiet began; None: not said
    days_low: float | None = None  # length in days, bounds; "nearly three months" is (75, 91); None: not said
    days_high: float | None = None
    length_text: str = ""  # the words of the length, e.g. "nearly three-month"
    halted_by: Participant | None = None  # who had halted the attacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Words by which a text tells something as another than what was told before: "a third ship", "its second salvo in hours"."""

    quote: Span
    what: Literal["attack", "target"]  # what is counted: salvoes and attacks, or what was hit
    number: int | None = None  # "the third" is 3; None: "another"
    within_h: float | None = None  # hours since the first of those counted; None: not said


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a statement speaks of: a threat's attack, a claim's attack, an announced resumption's attacks."""

    type: str  # slug of the taxonomy
    path: tuple[str, ...]  # from root to type
    actors: tuple[Participant, ...] = ()
    targets: tuple[Participant, ...] = ()
    place: Place | None = None
    stage: Stage = "happened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who did what to whom, as one sentence tells it, or as several merged tell it.

    Rules, incidents and alerts all read this one shape. An unstated participant is absent; nothing is invented.
    """

    type: str  # finest slug of the taxonomy
    path: tuple[str, ...]  # from root to type, e.g. ("violence", "armed-attack", "explosions", "shelling")
    trigger: Span
    sentence: Span
    actors: tuple[Participant, ...] = ()
    targets: tuple[Participant, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    place: Place | None = None
    origin: Place | None = None  # launched or set out from; never the place
    time: Interval | None = None  # None only inside one sentence; merged events always have one
    counts: tuple[Count, ...] = ()
    stage: Stage = "happened"
    outcome: tuple[Outcome, ...] = ()  # values still possible, sorted; empty: unknown
    doubt: tuple[Span, ...] = ()  # what the text itself calls unclear
    standing: Standing = "reported"
    attribution: tuple[Attribution, ...] = ()
    claimed_by: tuple[Participant, ...] = ()  # who claims responsibility
    disowned_by: tuple[Participant, ...] = ()  # who denies responsibility (the event stays)
    pause: Pause | None = None
    about: About | None = None  # set on statements only
    again: Again | None = None  # set where the text tells it as another than one before
    adds: Literal["tells", "qualifies"] = "tells"  # a qualifier updates the event (failed, unclear), it never raises one


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Telling):
    """One event of one article: the merge of its tellings."""

    id: str  # article, revision, "text" or "title", trigger offsets
    article: str
    revision: int
    published: datetime  # of its article
    source: str  # of its article
    tellings: tuple[Telling, ...] = ()  # one per sentence, in reading order, title first
    confidence: float = 1.0  # 0 to 1, set by the extractor
    disclosed_late: bool = False  # first reported now though it happened well before


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """A kind of incident that an article may report."""

    type: str  # slug of the taxonomy: attack, explosions, abduction, arson, looting
    probability: float  # that the article reports a real, recent and particular one
    sentence: Span  # the sentence that speaks most for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Somebody or something that may have had a part in what an article reports."""

    role: Literal["individual", "organisation", "thing", "person", "instrument"]  # who did it (two), to what or whom, with what
    span: Span  # first mention
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """What an article as a whole tells of violence, as learned models weigh it. Rules judge events, never this."""

    likely: tuple[Likely, ...] = ()
    parts: tuple[Part, ...] = ()  # in order of mention; of all its incidents together


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the extractor made of one article revision; one record on the events topic."""

    article: Article
    extractor: str  # version: model, knowledge and code
    events: tuple[Event, ...] = ()  # in order of their first telling
    gist: Gist | None = None  # None: nothing in it speaks of violence, or it was not read
    types: tuple[tuple[str, float], ...] = ()  # by the learned sorter: ACLED's kinds of news with probability, likeliest first
    acts: tuple[tuple[str, float], ...] = ()  # the same in PLOVER's division, acts between sides
    credits: tuple[Credit, ...] = ()  # outlets that it rests on, those of the whole article first
    unread: str | None = None  # why it was not read ("language:ar", "too-long", "timed-out", "died"); None: it was read


# --------------------------------------------------------------------------------------------------------- incidents


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An independent source: whose word stands behind one or many articles."""

    name: str  # "Reuters", "U.S. official", or the feed's name
    articles: tuple[str, ...]  # ids that rest on it
    independent: bool  # False: no credit found, so independence is unknown and it never counts as one more


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One thing in the world, however many articles and events tell it; knows no rule."""

    id: str  # from the journal number and ordinal that opened it, e.g. "I12-1"; allocated once
    opener: str  # id of the event that opened it, first in canonical order
    events: tuple[str, ...]  # ids, canonical order (published, article, offset)
    facts: Telling  # merged over its events
    origins: tuple[Origin, ...]
    waves: int = 1  # separate salvoes told
    first_published: datetime
    last_published: datetime
    reach: tuple[datetime, datetime] | None = None  # in which all lies that may be one with it; None: as its time
    handles: tuple[str, ...] = (ANY,)  # by one of which whatever may be one with it finds it


# ------------------------------------------------------------------------------------------------- labels and alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A sentence of an article that an alert rests on."""

    article: str
    source: str  # feed name
    url: str
    span: Span  # the whole sentence
    marks: tuple[Span, ...] = ()  # matched words inside it, to be shown bold


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseView:
    """The pause behind a resumption, as an alert tells it."""

    since: Interval | None
    days_low: float | None
    days_high: float | None
    length_text: str
    halted_by: str
    proof: Literal["certain", "possible", "unproven", "stated"]  # how sure the quiet is
    contradiction: str = ""  # said when our own history and the text disagree
    begun: datetime | None = (
        None  # earliest moment of the first attack after an announcement; None: none, or none was announced before
    )
    quiet_since: datetime | None = None  # end of the last attack before it, by our own record; None: not observed
    blind_since: datetime | None = None  # of a pause that is unproven: from when too few feeds that matter were alive
    blind_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """A watched site that the place of an incident is near to."""

    name: str
    km: float  # between the coordinates
    coarse_km: float  # how far the place may be from its coordinates
    certain: bool  # False: too coarse to tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one rule says of one incident: the unit of wanted and told."""

    rule: str
    rule_hash: str  # of the rule with its lists and knowledge
    subject: str  # incident id, or series and number of an episode
    anchor: str  # incident that carries the label; never moves once told
    severity: Severity
    title: str  # the rule's title
    event: str  # id of the event that carries the label
    article: str  # its article
    time: Interval
    published: datetime
    stage: Stage
    outcome: tuple[Outcome, ...]
    standing: Standing
    doubt: tuple[str, ...]  # what is unclear, in the article's words
    attribution: tuple[Attribution, ...]
    place: Place | None
    counts: tuple[Count, ...]
    claimed_by: tuple[str, ...]
    disowned_by: tuple[str, ...]
    evidence: tuple[Quote, ...]
    qualifiers: tuple[Quote, ...]
    evidence_kinds: tuple[EvidenceKind, ...]  # only for temporal forms
    pause: PauseView | None
    origins: tuple[Origin, ...]
    waves: int
    channels: tuple[str, ...]  # where it goes; resolved from the rule or the default
    again_on: tuple[str, ...]  # changes that ping again
    nearby: tuple[Nearby, ...] = ()  # watched sites that the rule found near, nearest first
    pattern: Pattern | None = None  # what `count`, `sequence` or `first` found
    policy: Policy = field(default_factory=Policy)  # the rule's: hold, escalate, quiet hours, budget
    shadow: bool = False  # decided and counted, never sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the desk has been told of one label; one row keyed (rule, subject)."""

    rule: str
    subject: str
    anchor: str
    ordinal: int  # alerts told so far; 0: known, and told silently
    label: Label  # as last told
    state: Literal["open", "former", "withdrawn"] = "open"  # "former": by the rule's earlier text, which stays told
    peak: dict[str, int] = field(default_factory=dict)  # highest told per counted thing: toll steps and waves never ping twice
    said: dict[str, int] = field(default_factory=dict)  # how often each state was told that may go to and fro
    held: str = ""  # why it is not told yet, though it is wanted; "": it is not held
    until: datetime | None = None  # when it is told all the same; None: when the reason is gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the desk has not been told yet about an incident."""

    id: str  # incident, rule, ordinal
    kind: AlertKind
    incident: str
    ordinal: int
    label: Label  # a withdrawal carries the label as last told
    changes: tuple[str, ...]  # what is new against the last telling, in words; empty for "new"
    decided: datetime  # the matcher's clock
    unacked: bool = False  # told before; said to more people because nobody has taken it


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Everything one channel shows of one incident: its labels, gravest first, and what it rests on."""

    incident: str
    facts: Telling
    labels: tuple[Label, ...]
    withdrawn: tuple[Label, ...]  # labels told before that no longer hold
    origins: tuple[Origin, ...]
    waves: int
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A state of one incident's post on its way to one channel."""

    id: str  # incident, channel, ordinal
    channel: str  # as the settings name it, e.g. "slack:gsoc"
    incident: str
    ordinal: int  # 1 posts, later ones edit
    alerts: tuple[Alert, ...]  # what this delivery announces; empty: a silent edit
    post: Post
    ping: bool  # whether the desk is to be called
    digest: Digest | None = None  # set: many incidents at once; the post then holds the last word on each


# ------------------------------------------------------------------------------------------------------------ ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """What became of one event of one article revision under one rule."""

    article: str
    revision: int
    event: str  # "" when it speaks of the whole revision
    rule: str  # "" when it speaks of no rule
    outcome: str  # "alerted A", "updated incident I", "backfill", "stale", "denied", "unmatched: clause", "unread: reason"
