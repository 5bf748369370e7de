"""Where the dashboard finds what it shows: folders that `service` names in the environment.

Free of Streamlit, so that naming them imports no page.
"""

DIRECTORY_VARIABLE = "PAYOFF_SNAPSHOT_DIR"
REPORTS_VARIABLE = "PAYOFF_REPORTS_DIR"
