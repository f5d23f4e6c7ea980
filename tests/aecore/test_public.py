"""The public names."""

import pytest

import aecore


def test_every_public_name_is_there():
    for name in aecore.__all__:
        assert getattr(aecore, name) is not None


def test_the_version_is_the_packages():
    from importlib.metadata import version

    assert aecore.__version__ == version("autoencoder-explorer")


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = aecore.nothing
