"""Trainings in processes of their own: what is wanted of them and what they report, in files."""
