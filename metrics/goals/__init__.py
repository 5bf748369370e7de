"""Goals, judged by the figures with their intervals."""
