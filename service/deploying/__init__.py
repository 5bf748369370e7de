"""The self-service action, put together: journal, events, commands of the page."""
