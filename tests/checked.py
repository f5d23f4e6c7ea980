"""Types checked at each call while the tests run; those of arrays cost more than most functions.

jaxtyping binds the arguments of every function to see which sizes agree. Where a signature names
no array there are none, so the type checker alone sees to it.
"""

import inspect
from functools import partial
from typing import get_args

import jaxtyping

OF_ARRAYS = jaxtyping.jaxtyped


def names_arrays(hint):
    """Say whether a type has sizes in it; one that is still text may."""
    if isinstance(hint, str):
        return True
    sized = inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray)
    return sized or any(map(names_arrays, get_args(hint)))


def jaxtyped(function=None, *, typechecker):
    """Decorate what jaxtyping's import hook hands over: functions and classes."""
    if function is None:
        return partial(jaxtyped, typechecker=typechecker)
    hints = getattr(function, "__annotations__", {}).values()
    if inspect.isclass(function) or any(map(names_arrays, hints)):
        return OF_ARRAYS(function, typechecker=typechecker)
    return typechecker(function)


jaxtyping.jaxtyped = jaxtyped
