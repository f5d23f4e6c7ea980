"""Calls are checked while the tests run: types, and sizes of arrays that have to agree."""

import numpy as np
import pytest

from aecore.data.numerals import number
from aecore.metrics import auroc
from aecore.recipes import Recipe


def test_a_wrong_type_or_size_is_refused():
    with pytest.raises(Exception, match="violates type hint"):
        number(7)
    with pytest.raises(Exception, match="Type-check error"):
        auroc(np.zeros((2, 2)), np.zeros(2))
    with pytest.raises(Exception, match="Type-check error"):
        Recipe(7, None, None)
