"""Whether an article's head speaks of sport, whose reports are told in the words of war.

Asked by `setting`. Words that no other news has count full, words it shares with other news half; a score line counts full.
"""

import re

from streams.extract.cues import Cue

# of the games themselves: our own list, over the sports of newswires
_OWN = Cue(
    r"\b(?:strikers?|goalkeepers?|goalie|midfield(?:ers?)?|left[- ]backs?|right[- ]backs?|centre[- ]backs?|full[- ]?backs?|wingers?|penalty (?:area|shoot-?out|kick|box|spot)|half[- ]time|injury time|stoppage time|"
    r"extra time|offside|hat[- ]tricks?|equali[sz](?:er|ers|ed)|own goals?|free[- ]kicks?|corner kicks?|throw-ins?|top corner|bottom corner|crossbar|goalposts?|volleyed|headers?|clean sheet|red card|yellow card|referees?|"
    r"linesm[ae]n|wickets?|innings|bats(?:man|men|woman)|batters?|bowlers?|bowled|spinners?|seamers?|short balls?|bouncers? barrage|stumps|lbw|test match|one-day international|twenty20|t20|"
    r"scrums?|scrum-half|fly-half|line-?outs?|rucks?|mauls?|try[- ]line|conversions?|touchdowns?|quarterbacks?|linebackers?|wide receivers?|field goals?|end zone|super bowl|home runs?|grand slams?|pitchers?|"
    r"shortstop|bullpen|three-pointers?|slam dunks?|rebounds|free throws?|point guard|power forward|buzzer|puck|power play|slap shot|hockey|tie-?breaks?|set points?|match points?|break points?|backhand|forehand|"
    r"double fault|aces|baseline|seeded|top seed|unseeded|knock-?out blow|heavyweight|welterweight|featherweight|southpaw|undercard|uppercut|grand prix|pole position|pit stop|chicane|peloton|breakaway|time trial|"
    r"yellow jersey|birdies?|bogeys?|fairway|putts?|par-\d|leaderboard|quarter-?finals?|semi-?finals?|play-?offs?|championships?|league table|premier league|la liga|bundesliga|serie a|ligue 1|eredivisie|"
    r"champions league|europa league|world cup|euro \d{4}|copa america|nba|nfl|mlb|nhl|ipl|uefa|fifa|six nations|super rugby|ashes|wimbledon|olympics?|paralympics?|medalists?|medallists?|"
    r"football(?:er|ers)?|soccer|cricket(?:er|ers)?|rugby|basketball|baseball|handball|volleyball|tennis|golf(?:er|ers)?|boxing|derby|kick-?off|skippers?|[a-z]+-goal|last quarter|first quarter|scrummag\w+|relegat\w+|promoted to the|transfer window)\b"
    r"|\b\d{1,3}[-–]\d{1,3}(?=\s*(?:[.,;]|\b(?:win|won|victory|defeat|draw|loss|lead|at|after|against|over|in)\b))",
    re.IGNORECASE,
)
_SHARED = Cue(
    r"\b(?:goals?|match(?:es)?|games?|season|coach(?:es)?|fans|supporters|club|team-?mates?|team|captain|second half|first half|half|\d+(?:st|nd|rd|th) minute|first minute|metres out|final|cup|league|title|trophy|"
    r"scor(?:e|ed|er|ers|ing)|defen[cs]e|attack|forwards?|defenders?|hosts|visitors|stadium|pitch|tournament|champions?|rivals?|unbeaten|points?|round|fixture|squad|starting (?:eleven|line-?up)|bench|players?)\b",
    re.IGNORECASE,
)
_ENOUGH = 2.0  # an assumption


def told(text: str) -> bool:
    """Whether title and first sentences are of a game: one word of its own at least, and as much again of any."""
    own = {match.group().casefold() for match in _OWN.finditer(text)}
    if not own:
        return False
    shared = {match.group().casefold() for match in _SHARED.finditer(text)}
    return len(own) + len(shared) / 2 >= _ENOUGH
