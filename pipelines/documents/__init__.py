"""Bytes to Document: paragraphs and grids with locators. Geometry only; imports nothing of ours."""
