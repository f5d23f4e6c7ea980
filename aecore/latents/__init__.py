"""Codes, their maps and what supports them."""
