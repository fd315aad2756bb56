"""Which unit is this, which subject is this, across names and years. Never imports documents."""
