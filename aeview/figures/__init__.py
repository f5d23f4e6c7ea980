"""Figures as pure functions of arrays, and the colours of the house."""
