"""Trains what weighs articles and events: streams/data/real-sentences, real-articles and real.weights.json.

    python tests/bench/train_real.py MUC4.jsonl [--cache FILE] [--on DEV] [--write]

Three models in a row. Sentences: does it name a party to an incident of this kind? Articles: does it report one, from its words,
from what its sentences got, from what grammar found? Events: is it one of those? The later ones learn from answers that the earlier
ones gave on articles they had not seen. Prints five-fold figures by article; `--on DEV` keeps to ids that begin so; `--write`
learns from all.
"""

import argparse
from pathlib import Path

import numpy as np
from muc4_gold import Learner, Row, Told, article_labels, best_threshold, folds, prf, recorded, sentence_labels

from streams.extract import gist

SENTENCES = {"c": 3, "least": 4}
ARTICLES = {"c": 3, "least": 4, "share": 0.15}
EVENTS = {"c": 0.1, "least": 4}
Rows = list[Told]


def sentence_rows(told: Rows) -> tuple[list[Row], np.ndarray]:
    """Features and labels of all sentences."""
    rows = [(set[str](), words) for each in told for words in gist.of_sentences(each.weighed)]
    return rows, np.concatenate([sentence_labels(each) for each in told])


def tell(learner: Learner, told: Rows) -> None:
    """Puts the sentence model's answers into the articles."""
    for each in told:
        each.weighed.told = learner.ask([(set(), words) for words in gist.of_sentences(each.weighed)]).tolist()


def sentences_of(told: Rows) -> Learner:
    """A sentence model learned from these articles."""
    return Learner(gist.KINDS, **SENTENCES).learn(*sentence_rows(told))


def articles_of(told: Rows) -> Learner:
    """An article model; `weighed.told` must have been filled by a model that had not seen the article."""
    return Learner(gist.KINDS, **ARTICLES).learn(article_rows(told), np.array([article_labels(each) for each in told]))


def article_rows(told: Rows) -> list[Row]:
    """Features of the articles."""
    return [(gist.of_article(each.weighed, each.events), gist.words_of(each.article, each.weighed)) for each in told]


def event_rows(told: Rows) -> tuple[list[Row], np.ndarray]:
    """Features and labels of the violent events: 1 where the key has a required incident of the kind, -1 where an optional one."""
    rows, labels = [], []
    for each in told:
        for event in each.events:
            features = gist.of_event(event, each.weighed)
            if features is not None:
                kind = gist.family(event)
                rows.append((features, set[str]()))
                labels.append(1 if kind in each.required else -1 if kind in each.allowed else 0)
    return rows, np.array(labels)[:, None]


def fill(told: Rows, ask: Rows) -> tuple[Learner, Learner]:
    """Learns both word models from `told`; afterwards all articles hold answers of models that had not seen them."""
    for learn, held in folds(len(told), 4, seed=1):
        tell(sentences_of([told[i] for i in learn]), [told[i] for i in held])
    for learn, held in folds(len(told), 4, seed=2):
        rows = [told[i] for i in held]
        for each, answer in zip(rows, articles_of([told[i] for i in learn]).ask(article_rows(rows)), strict=True):
            each.weighed.article = answer.tolist()
    sentences, articles = sentences_of(told), articles_of(told)
    if ask:
        tell(sentences, ask)
        for each, answer in zip(ask, articles.ask(article_rows(ask)), strict=True):
            each.weighed.article = answer.tolist()
    return sentences, articles


def incident_figures(told: Rows, said: np.ndarray) -> None:
    """Prints micro and relevance F1 of probabilities per article and kind, with thresholds chosen here, one a kind."""

    def counts(column: int, least: float) -> np.ndarray:
        found = np.zeros(3)
        for each, row in zip(told, said, strict=True):
            kind = gist.KINDS[column]
            yes, wanted = row[column] >= least, kind in each.required
            found += (yes and wanted, yes and (wanted or kind not in each.allowed), wanted)
        return found

    least = [best_threshold(lambda t, c=column: prf(*counts(c, t))[2]) for column in range(len(gist.KINDS))]
    total = sum(counts(column, t) for column, t in enumerate(least))
    relevance = np.zeros(3)
    for each, row in zip(told, said, strict=True):
        if each.required or not each.incidents:
            yes = bool((row >= least).any())
            relevance += (yes and bool(each.required), yes, bool(each.required))
    per = [f"{kind} {100 * prf(*counts(column, t))[2]:.1f}" for column, (kind, t) in enumerate(zip(gist.KINDS, least, strict=True))]
    print("micro P/R/F1", *(f"{100 * x:.1f}" for x in prf(*total)), "| relevance", *(f"{100 * x:.1f}" for x in prf(*relevance)))
    print(" ", *per, "| thresholds", np.round(least, 3))


def reliability(said: np.ndarray, labels: np.ndarray) -> None:
    """Prints how often events of a confidence hold."""
    known = labels >= 0
    for low in np.arange(0, 1, 0.1):
        here = known & (said >= low) & (said < low + 0.1)
        if here.any():
            said_, held = said[here].mean(), labels[here].mean()
            print(f"  confidence {low:.1f} to {low + 0.1:.1f}: {here.sum():5d} events, mean {said_:.2f}, hold {held:.2f}")


def crossed(told: Rows) -> None:
    """Five-fold figures."""
    articles = np.zeros((len(told), len(gist.KINDS)))
    sure, truth, joined = [], [], np.zeros_like(articles)
    for learn, held in folds(len(told), 5):
        known, asked = [told[i] for i in learn], [told[i] for i in held]
        fill(known, asked)
        rows, labels = event_rows(known)
        events = Learner(("real",), **EVENTS).learn(rows, labels)
        rows, labels = event_rows(asked)
        answers = events.ask(rows)[:, 0]
        sure.append(answers)
        truth.append(labels[:, 0])
        at = iter(answers)
        for i in held:
            articles[i] = joined[i] = told[i].weighed.article
            best = np.full(len(gist.KINDS), -1.0)
            for event in told[i].events:
                kind = gist.family(event)
                if kind is not None:
                    best[gist.KINDS.index(kind)] = max(best[gist.KINDS.index(kind)], next(at))
            joined[i] = np.where(best >= 0, best, articles[i])
    print("articles' own probability")
    incident_figures(told, articles)
    print("confidence of the best event, else the article's probability")
    incident_figures(told, joined)
    print("mean of both")
    incident_figures(told, (articles + joined) / 2)
    reliability(np.concatenate(sure), np.concatenate(truth))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--on", default="")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    told = [each for each in recorded(given.data, given.cache) if each.id.startswith(given.on)]
    if not given.write:
        crossed(told)
        return
    sentences, articles = fill(told, [])
    sentences.write("real-sentences", "tests/bench/train_real.py")
    articles.write("real-articles", "tests/bench/train_real.py")
    Learner(("real",), **EVENTS).learn(*event_rows(told)).write("real", "tests/bench/train_real.py")


if __name__ == "__main__":
    main()
