"""Scans: pages and images without a text layer, recognised into the same grids, with confidence."""
