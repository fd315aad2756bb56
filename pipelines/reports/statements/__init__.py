"""The statements (决算表, 预算表): grids to rows by role, header path and row key."""

from pipelines.reports.statements.read import read

__all__ = ["read"]
