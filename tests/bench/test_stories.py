"""The story groupings of the bench, on invented headlines: what they were measured as is what they do."""

import numpy as np

from tests.bench import dedup, stories

FERRY = ["Ferry sinks off Port Amaly", "Amaly ferry sinks, 40 rescued", "Rescuers search for ferry that sank off Amaly"]
WHEAT = ["Wheat prices rise in Korvia", "Korvia wheat at a record price", "Record wheat prices worry bakers of Korvia"]


def read(titles: list[str]) -> list[stories.Features]:
    return [stories.features(title, pairs=0.0, names=0.0, head=1.0) for title in titles]


def partition(labels: list[int]) -> set[frozenset[int]]:
    return {frozenset(place for place, label in enumerate(labels) if label == one) for one in labels}


def test_headlines_of_two_stories_make_two_groups_both_ways() -> None:
    mixed = read([title for pair in zip(FERRY, WHEAT, strict=True) for title in pair])
    right = {frozenset({0, 2, 4}), frozenset({1, 3, 5})}
    assert partition(stories.at_once(stories.likeness(mixed), [0.05])[0]) == right
    assert partition(dedup.streamed(mixed, 0.05, join=True, every=3)) == right


def test_a_document_is_compared_with_the_group_and_not_with_its_nearest_member() -> None:
    """A chain of documents, each like the next one only, is not one story."""
    alike = np.eye(4)
    for one in range(3):
        alike[one, one + 1] = alike[one + 1, one] = 0.6
    assert partition(stories.at_once(alike, [0.5])[0]) == {frozenset({0, 1}), frozenset({2, 3})}


def test_figures_are_those_of_pairs_and_of_b_cubed() -> None:
    """One group of four, of which three belong together: 3 of 6 pairs are right, and all that are wanted are found."""
    sums = dedup.counted([1, 1, 1, 1], ["a", "a", "a", "b"], range(4))
    f1, cubed = dedup.both(sums)
    assert f1 == 2 * 3 / (6 + 3)
    precision = (3 * 0.75 + 0.25) / 4
    assert abs(cubed - 2 * precision / (precision + 1)) < 1e-9
