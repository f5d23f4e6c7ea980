"""A deleted run can be restored; the oldest of the deleted ones are gone for good."""

import pytest

from aecore.errors import DataError
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.runs.discarded import N_KEPT, discard, is_discarded, restore
from aecore.runs.folder import Plan, create, runs
from aecore.training.config import TrainingConfig


def made():
    return create(Plan(Recipe("digits", ModelConfig(kind="ae"), TrainingConfig(epochs=1))))


def test_a_deleted_run_comes_back_with_all_it_kept():
    run = made()
    (run.path / "frames" / "00001.safetensors").write_bytes(b"kept")
    discard(run)
    assert runs() == []
    assert run.state.name == "deleted"
    assert is_discarded(run.name)
    back = restore(run.name)
    assert [each.name for each in runs()] == [run.name]
    assert back.frames[0].read_bytes() == b"kept"
    assert not is_discarded(run.name)


def test_only_the_last_few_can_be_had_back():
    gone = [made() for _ in range(N_KEPT + 2)]
    for run in gone:
        discard(run)
    assert [is_discarded(run.name) for run in gone] == [False, False, *(N_KEPT * [True])]
    with pytest.raises(DataError, match="can't be restored"):
        restore(gone[0].name)


def test_a_run_at_work_stays():
    run = made()
    with run.lock, pytest.raises(DataError, match="still at work"):
        discard(run)
    assert [each.name for each in runs()] == [run.name]
