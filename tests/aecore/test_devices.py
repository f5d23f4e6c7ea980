"""Devices and seeds."""

import pytest
import torch

from aecore import devices
from aecore.seeding import stream


def test_streams_depend_on_seed_and_name_alone():
    def draw(seed, name):
        return torch.rand(4, generator=stream(seed, name))

    assert torch.equal(draw(0, "a"), draw(0, "a"))
    assert not torch.equal(draw(0, "a"), draw(0, "b"))
    assert not torch.equal(draw(0, "a"), draw(1, "a"))


def test_streams_are_independent_of_each_other():
    a = stream(0, "a")
    first = torch.rand(3, generator=stream(0, "b"))
    torch.rand(1000, generator=a)
    assert torch.equal(torch.rand(3, generator=stream(0, "b")), first)


def test_bf16_only_where_the_cpu_has_it(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    assert not devices.choose("auto").bf16
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    assert devices.choose("auto").bf16
    with devices.choose("cpu").autocast():
        assert (torch.ones(4, 4) @ torch.ones(4, 4)).dtype == torch.bfloat16


def test_a_device_that_is_not_there_is_said(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="torch finds no CUDA device here; use 'auto'"):
        devices.choose("cuda")
    with pytest.raises(ValueError, match="device is 'tpu', but must be one of auto, cpu"):
        devices.choose("tpu")
