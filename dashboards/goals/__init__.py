"""Goals of what a page shows: their verdicts, and the forms that set and withdraw them."""
