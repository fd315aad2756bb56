"""The 情况说明: every number stated in words becomes a fact, every claim without a number a claim."""

from pipelines.reports.narrative.read import read

__all__ = ["read"]
