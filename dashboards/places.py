"""Where the dashboard finds what it shows, and whether it asks for a login; `service` says so.

Names of variables of the environment. Free of Streamlit, so that naming them imports no page.
"""

DIRECTORY_VARIABLE = "PAYOFF_SNAPSHOT_DIR"
REPORTS_VARIABLE = "PAYOFF_REPORTS_DIR"
LOGIN_VARIABLE = "PAYOFF_LOGIN"
