"""Dictation: a recording becomes text that the person can edit before sending it."""
