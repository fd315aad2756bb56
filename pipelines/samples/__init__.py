"""Typesets sample corpora with a known truth."""
