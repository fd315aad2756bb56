"""Thin Dagster assets in flow order; each calls the room that does the work."""
