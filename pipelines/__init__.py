"""juesuan: published Chinese government accounts (决算, 预算) into an audited DuckDB warehouse."""

__version__ = "0.1.0"
