"""Form definitions as data (titles, headers, row keys, sentence patterns) and their validation."""
