"""Latent flows: how a model's codes are distributed, learnt by flow matching, class by class.

`flow` draws with one (no torch), `training` makes one, `files` keeps it beside its checkpoint.
"""
