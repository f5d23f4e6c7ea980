"""The faults a user can cause, each with one sentence that says how to fix it."""


class DataError(ValueError):
    """A data set is missing, damaged or not what it claims to be."""


class CheckpointError(ValueError):
    """A file is not a checkpoint this version can open."""


class ForeignModelError(ValueError):
    """A model from elsewhere can't be read, or is not one that can be shown."""


class UnknownOperatorError(ForeignModelError):
    """An operator of a model from elsewhere is none that our layers can stand for."""


class AmbiguousModelError(ForeignModelError):
    """It can't be told which tensor of a model from elsewhere is the code; a user is to say it.

    Attributes:
        why: in a sentence.
        how: it is said on the command line.
        candidates: shapes of the tensors that it may be, by name.
    """

    def __init__(self, why: str, how: str, candidates: dict[str, tuple[int, ...]]) -> None:
        """Ask in a sentence."""
        super().__init__(why, how, candidates)
        self.why, self.how, self.candidates = why, how, candidates

    def __str__(self) -> str:
        """The sentence, for the command line."""
        return f"{self.why}; {self.how}"


class TrainingError(RuntimeError):
    """Training can't go on (the loss is not a number, or it diverged)."""
