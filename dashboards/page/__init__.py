"""What every page is made of: its snapshot, filters, cards, badges and downloads."""
