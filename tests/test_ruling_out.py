"""That no whole choices keep the rows is said only where it is so: held against all choices there are."""

from __future__ import annotations

from itertools import product
from operator import mul
from random import Random

import numpy as np

from braid.engine.program import Arrays
from braid.engine.solve import Deadline, RulingOut
from braid.engine.solve.ruling_out import shows

CHOICES = 6


def arrays(weights: list[list[int]], least: list[float]) -> Arrays:
    """Yes-or-no choices of which weighted sums are at least so much."""
    flat = [weight for row in weights for weight in row]
    return Arrays(
        start=np.arange(0, len(flat) + 1, CHOICES, dtype=np.int32),
        index=np.tile(np.arange(CHOICES, dtype=np.int32), len(weights)),
        value=np.array(flat, dtype=np.float64),
        row_lower=np.array(least),
        row_upper=np.full(len(least), np.inf),
        column_lower=np.zeros(CHOICES),
        column_upper=np.ones(CHOICES),
        whole=np.ones(CHOICES, dtype=np.int32),
        scale=np.ones(CHOICES),
    )


def keeps(weights: list[list[int]], least: list[float]) -> bool:
    """Whether some choices keep every row, by trying all 64."""
    return any(
        all(sum(map(mul, row, chosen)) >= bound for row, bound in zip(weights, least, strict=True))
        for chosen in product((0, 1), repeat=CHOICES)
    )


def test_it_says_so_just_where_no_choices_keep_the_rows() -> None:
    """Forty questions about the same three sums, each with other bounds: what ruled out one helps with the next, and
    each answer is that of trying all choices."""
    draw, said = Random(6), {True: 0, False: 0}
    for _ in range(4):
        weights = [[draw.randint(-9, 9) for _ in range(CHOICES)] for _ in range(3)]
        ruling_out = RulingOut(Deadline(60))
        for _ in range(10):
            least = [draw.randint(-4, 16) + 0.5 for _ in weights]
            answer = ruling_out.nothing_keeps(arrays(weights, least))
            assert answer == (not keeps(weights, least))
            said[answer] += 1
    assert min(said.values()) >= 5


def test_a_sum_of_rows_is_a_proof_only_where_it_misses_its_bound() -> None:
    """a + b ≥ 1.5 and -a - b ≥ -1: their sum asks for 0 ≥ 0.5. With -a - b ≥ -1.5 it asks for nothing. Where both are
    at most 1 and a is 0, the first alone, 1.5 of at most 1, is enough."""
    ones = [1, 1, 0, 0, 0, 0]
    less = [-each for each in ones]
    both = np.ones(2)
    assert shows(arrays([ones, less], [1.5, -1]), (), both)
    assert not shows(arrays([ones, less], [1.5, -1.5]), (), both)
    assert not shows(arrays([ones, less], [1.5, -1.5]), (), np.array([1.0, 0.0]))
    assert shows(arrays([ones, less], [1.5, -1.5]), ((0, 0, 0),), np.array([1.0, 0.0]))
