"""Goals: read with what is pending, checked and decided about, read from a spreadsheet, the demo's own."""
