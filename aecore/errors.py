"""The faults a user can cause, each with one sentence that says how to fix it."""


class DataError(ValueError):
    """A data set is missing, damaged or not what it claims to be."""


class CheckpointError(ValueError):
    """A file is not a checkpoint this version can open."""


class ForeignModelError(ValueError):
    """A model from elsewhere can't be read, or is not one that can be shown."""


class AmbiguousModelError(ForeignModelError):
    """It can't be told which tensor of a model from elsewhere is the code; a user is to say it.

    Attributes:
        candidates: shapes of the tensors that it may be, by name.
    """

    def __init__(self, words: str, candidates: dict[str, tuple[int, ...]]) -> None:
        """Ask in a sentence."""
        super().__init__(words)
        self.candidates = candidates


class TrainingError(RuntimeError):
    """Training can't go on (the loss is not a number, or it diverged)."""
