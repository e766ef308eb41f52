"""Words that say how far something got, by what they do to the clause under them.

Read by `stage`, `statements` and the others that judge stages; lemmas in small letters.
"""

DENY = frozenset("deny dismiss refute reject disprove debunk disavow retract withdraw rubbish".split())
THREATEN = frozenset("threaten vow warn swear pledge promise caution menace".split())
# what somebody does not do, or keeps from: the negative implicative verbs (Karttunen, Implicative verbs, Language 47, 1971)
REFUSE = frozenset(
    "refuse decline neglect omit forget balk baulk refrain abstain shrink recoil forbear desist resist hesitate shy shun eschew forgo forego".split()
)
PLAN = frozenset(
    "plan plot prepare preparation intention intent intend conspire scheme propose ready consider mull weigh discuss contemplate seek hope aim".split()
)
URGE = frozenset(
    "urge ask order want demand request appeal beg implore press encourage allow permit authorize authorise let forbid tell".split()
)
DECIDE = frozenset("decide agree announce resolve elect choose opt consent assent accede concur".split())
AVERT = frozenset("prevent avert deter avoid preclude forestall discourage stop".split())
FOIL = frozenset("foil thwart repel repulse disrupt defuse".split())
REHEARSE = frozenset("simulate rehearse practise practice mimic imagine stage envision".split())
REMEMBER = frozenset("remember commemorate mark recall mourn honor honour memorialize memorialise relive".split())
# an infinitive under these happened
# an infinitive under these happened, the implicative verbs and those of causing (Karttunen 1971) among them
REAL_INFINITIVE = frozenset(
    "begin start continue appear seem resume proceed manage believe report suspect say think use know claim go happen bother dare deign venture get come rush hasten move "
    "cause force compel oblige lead prompt drive induce impel provoke spur push coerce".split()
)
TRY = frozenset("try attempt bid".split())
# verbs whose noun object is taken for granted, whatever happens to the verb
PRESUPPOSING = frozenset("claim condemn confirm investigate probe describe blame follow survive witness attribute answer".split())
# verbs under which a negation still speaks of the attack itself
CARRIERS = frozenset(
    "report record see happen occur take place launch carry conduct mount stage make be register resume renew restart confirm detect suffer come".split()
)
# what somebody is for or against: many and undated
FAVOUR = frozenset("advocate favour favor support oppose back champion".split())
FALSE = frozenset(
    "false untrue bogus doctored staged baseless unfounded groundless fake fictitious spurious incorrect inaccurate erroneous mistaken misleading wrong fabricated invent fabricate concoct".split()
)
POSSIBLE = frozenset("likely possible able capable ready probable unlikely set poised prepared imminent".split())
CONDITIONS = frozenset({"if", "unless", "lest", "provided", "should"})
NOT_YET_REAL = frozenset(
    "planned planning expected anticipated proposed possible potential future imminent threatened hypothetical would-be simulated plotted looming feared notional".split()
)
ONLY_POSSIBLE = frozenset(
    "option possibility risk threat danger question matter likely unlikely possible inevitable imminent catastrophe mistake disaster language way answer solution means remedy choice alternative necessity".split()
)
# nouns whose gerund was done: "accused of" holds for nouns too
DONE_BY = frozenset("process act course accusation charge suspicion campaign practice result day week month hour habit".split())
THOUGHTS = frozenset(
    "fear danger risk worry hope dream aim goal plan threat nightmare concern idea wish intention task temptation".split()
)
THOUGHT = frozenset("report believe think fear presume say assume suspect".split())
TALK = frozenset(
    "report claim rumor rumour allegation alert suggestion talk story video footage plan plot threat warning drill".split()
)
# of these it is only said that it may come
CHANCES = frozenset("risk fear possibility danger prospect scenario capability ability chance likelihood odds need".split())
# verbs that say of somebody what he did: "accused the army of breaking the truce"
LAID_AT = frozenset("accuse suspect convict acquit clear absolve guilty".split())
