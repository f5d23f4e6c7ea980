"""Which maps are offered."""

import pytest

from aeview.shell.map_choice import perplexities


@pytest.mark.parametrize(
    ("n", "offered"),
    [(2000, [5, 15, 30, 50, 100]), (91, [5, 15, 30]), (90, [5, 15]), (12, [3]), (4, [2])],
)
def test_only_perplexities_below_a_third_of_the_codes_are_offered(n, offered):
    assert perplexities(n) == offered
    assert n < 7 or all(3 * each < n for each in offered)
