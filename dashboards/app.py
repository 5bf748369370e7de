"""The dashboard. It reads published snapshots in ``PAYOFF_SNAPSHOT_DIR`` and nothing else."""

from pathlib import Path

import streamlit as st

from dashboards.access.doors import closed_page, who_is_here
from dashboards.access.here import visitor_here
from dashboards.access.visitor import DeniedError
from dashboards.page.data import open_facts
from dashboards.page.filters import choose
from dashboards.page.head import empty_page
from dashboards.page.layout import dress
from dashboards.tour.stepper import tour
from dashboards.words.locale import use_locale
from warehouse.errors import SnapshotError

_ICON = str(Path(__file__).with_name("icon.svg"))

st.set_page_config(page_title="Payoff", page_icon=_ICON, layout="wide")
st.logo(str(Path(__file__).with_name("logo.svg")), size="large", icon_image=_ICON)
dress()

try:
    facts = open_facts()
except DeniedError as denied:
    closed_page(denied)
    st.stop()
except SnapshotError as error:
    st.error(str(error), title="The published snapshot cannot be read")
    st.stop()

if facts is None:
    empty_page()
    st.stop()

use_locale(facts.locale)
page = st.navigation(
    {
        "": [
            st.Page(
                "views/overview.py",
                title="Overview",
                icon=":material/monitoring:",
                default=True,
                help="Value, adoption and delivery at a glance, what changed, and what needs a decision.",
            )
        ],
        "Value": [
            st.Page(
                "views/roi.py",
                title="Return on investment",
                icon=":material/payments:",
                help="What the platform brings and costs in a quarter, and how sure that is.",
            )
        ],
        "Delivery": [
            st.Page(
                "views/delivery.py",
                title="Delivery performance",
                icon=":material/rocket_launch:",
                help="Each key by team and service, over time, with the rows behind it.",
            )
        ],
        "Adoption": [
            st.Page(
                "views/adoption.py",
                title="Platform adoption",
                icon=":material/group_add:",
                help="Self-service against tickets, who stays, and what still comes by ticket.",
            )
        ],
        "One at a time": [
            st.Page(
                "views/team.py",
                title="Team",
                icon=":material/groups:",
                help="One team against its own past: delivery, use of the platform, what waits and leaks.",
            ),
            st.Page(
                "views/service.py",
                title="Service",
                icon=":material/deployed_code:",
                help="One service against its own past: delivery, requests, what waits.",
            ),
        ],
        "Data": [
            st.Page(
                "views/data_health.py",
                title="Data health",
                icon=":material/database:",
                help="Whether the sources deliver, what could be tied together, what is left out and why.",
            ),
            st.Page(
                "views/catalogue.py",
                title="Catalogue",
                icon=":material/menu_book:",
                help="Every metric with its definition, query, source, version and caveats.",
            ),
        ],
        "Self-service": [
            st.Page(
                "views/deploy.py",
                title="Deploy a service",
                icon=":material/rocket:",
                help="Ask for a service by its form, see the diff first, and follow the run.",
            ),
        ],
    }
)
# The filters belong to this script and not to a page, so what is chosen is kept from page to page.
choose(facts)
who_is_here(visitor_here())
tour(facts, page.url_path or "overview")
try:
    page.run()
except DeniedError as denied:
    closed_page(denied)
