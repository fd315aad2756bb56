"""Text PDF on pdfium: characters and rules to grids, lines and paragraphs with locators."""
