"""What every page is made of: its filters, cards, badges and downloads."""
