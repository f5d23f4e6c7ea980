"""Tests: what is imported from here on is checked as `checked` says."""

from tests import checked as checked
