"""Document to Report: outline, identity, statements, narrative, evaluations. No PDF, no SQL."""
