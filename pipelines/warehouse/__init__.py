"""SQL models with lineage, build, publish, reader. Never imports documents."""
