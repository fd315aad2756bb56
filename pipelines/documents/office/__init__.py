"""Word and Excel files: paragraphs and tables as displayed, with their numbers as stored."""
