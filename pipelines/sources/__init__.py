"""Raw files: the content-addressed archive, the inbox, HTTP sources."""
