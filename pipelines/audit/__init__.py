"""Identities, suspects, suites, verdicts. Never imports documents."""
