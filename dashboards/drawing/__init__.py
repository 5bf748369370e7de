"""Charts of one subject each, in the house's colours."""
