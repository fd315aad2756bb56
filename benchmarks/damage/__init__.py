"""Damaged and hostile files through the reading pool."""
