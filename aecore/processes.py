"""Several processes that train one model: the only place that knows torchrun and its collectives.

Started alone, a process is a team of one and nothing here costs anything.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import torch
from torch import Tensor, distributed

from aecore.configs import require

SILENCE = timedelta(minutes=10)  # after which a process that does not answer is given up
PATIENCE = timedelta(days=2)  # for what the first process does alone (Boltzmann machines, t-SNE)
ENVIRONMENT = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # what torchrun sets


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of one training.

    Attributes:
        rank: this process, 0 to size − 1.
        size: how many there are.
        patient: the group that waits for what the first process does alone.
    """

    rank: int = 0
    size: int = 1
    patient: Any = None

    @property
    def leads(self) -> bool:
        """Whether this process prints and writes."""
        return self.rank == 0

    def part(self, n: int) -> slice:
        """Which of n rows are this process's own: as many as another's or one more or less."""
        return slice(n * self.rank // self.size, n * (self.rank + 1) // self.size)

    def device(self, name: str) -> str:
        """What `devices.choose` is asked for: gloo and NCCL serve the CPU and CUDA only."""
        if self.size == 1:
            return name
        require(name != "mps", "device", name, "cuda or cpu where several processes train")
        return "cpu" if name == "auto" and not torch.cuda.is_available() else name

    def sum(self, values: Tensor) -> Tensor:
        """Add the tensors of all processes; all get the sum."""
        if self.size > 1:
            values = values.clone()
            distributed.all_reduce(values)
        return values

    def gather(self, values: Tensor) -> list[Tensor]:
        """Collect the tensors of all processes, of one shape and on the CPU, in order."""
        if self.size == 1:
            return [values]
        found = [torch.empty_like(values) for _ in range(self.size)]
        distributed.all_gather(found, values)
        return found

    def alone(self, work: Callable[[], np.ndarray]) -> np.ndarray:
        """Let the first process work and the others wait for its float32 (n, k) result."""
        if self.size == 1:
            return work()
        result = torch.from_numpy(np.asarray(work(), np.float32)) if self.leads else torch.empty(0)
        shape = torch.tensor(result.shape if self.leads else (0, 0))
        distributed.broadcast(shape, 0, group=self.patient)
        if not self.leads:
            result = torch.empty(*shape.tolist())
        distributed.broadcast(result, 0, group=self.patient)
        return result.numpy()


ALONE = Team()
_joined: list[Team] = []


def team() -> Team:
    """The team that this process has joined, or a team of one."""
    return _joined[-1] if _joined else ALONE


def expected() -> Team:
    """The team that torchrun started, before it has been joined."""
    if not all(name in os.environ for name in ENVIRONMENT):
        return ALONE
    return Team(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))


@contextmanager
def joined() -> Iterator[Team]:
    """Join the processes that torchrun started (https://docs.pytorch.org/docs/elastic/run.html).

    NCCL carries what lies on GPUs, gloo the rest. A process that dies is noticed at once by its
    closed connection, one that is silent after ten minutes; the others then raise RuntimeError.
    """
    found = expected()
    if found.size == 1:
        yield found
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend, timeout=SILENCE)
    patient = distributed.new_group(backend="gloo", timeout=PATIENCE)
    _joined.append(Team(found.rank, found.size, patient))
    try:
        yield team()
        distributed.destroy_process_group()  # not after an error: NCCL would wait for the others
    finally:
        _joined.clear()


def lost(error: RuntimeError) -> bool:
    """Whether an error says that another process is gone."""
    named = ("gloo", "nccl", "connection closed", "connection reset")
    said = str(error).lower()
    return isinstance(error, distributed.DistError) or any(name in said for name in named)
