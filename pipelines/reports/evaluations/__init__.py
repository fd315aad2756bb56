"""Self-evaluation and performance target forms (绩效自评表, 绩效目标表)."""

from pipelines.reports.evaluations.read import read

__all__ = ["read"]
