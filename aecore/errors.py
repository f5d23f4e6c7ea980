"""The faults a user can cause, each with one sentence that says how to fix it."""


class DataError(ValueError):
    """A data set is missing, damaged or not what it claims to be."""


class CheckpointError(ValueError):
    """A file is not a checkpoint this version can open."""


class ForeignModelError(ValueError):
    """A model from elsewhere can't be read, or is not one that can be shown."""


class TrainingError(RuntimeError):
    """Training can't go on (the loss is not a number, or it diverged)."""
