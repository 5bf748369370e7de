"""The audit: who took which figures along and who changed what, by pseudonym."""
