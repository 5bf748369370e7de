"""Who may come in, and as what: the login of the dashboard and the roles of those who hold one."""
