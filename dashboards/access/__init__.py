"""Who reads a page and what they may do: roles, the visitor as the server saw them, login and refusal."""
