"""Deploy Service: ask for an action by its form, see the diff first, follow the run."""

from collections.abc import Mapping, Sequence

import streamlit as st

from actions.catalogue import Action
from actions.errors import ActionError, InputError
from actions.runs import Operation, Run
from dashboards.access.here import visitor_here
from dashboards.access.visitor import Visitor
from dashboards.page.data import Facts, open_facts
from dashboards.page.filters import chosen
from dashboards.page.head import banner
from dashboards.page.port import Commands, Order, commands
from dashboards.self_service.run_status import follow, runs_panel
from dashboards.self_service.schema_form import Inputs, draw_fields, problems_at_fields
from dashboards.words.values import count

_OPERATIONS: tuple[Operation, ...] = ("create", "update", "retire")
_PROBLEMS = "deploy-problems"
_PREVIEW = "deploy-preview"
# A new service is hundreds of lines; they scroll in their box, and the runs below stay in sight.
_DIFF_TALL = 480


def _teams(facts: Facts) -> list[str]:
    return list(facts.rows("SELECT team_id FROM teams ORDER BY team_id")["team_id"])


def _services(facts: Facts) -> list[str]:
    return list(facts.rows("SELECT service_id FROM services ORDER BY service_id")["service_id"])


def _choose_action(actions: Mapping[str, Action]) -> Action:
    name = st.selectbox(
        "Action",
        list(actions),
        format_func=lambda one: actions[one].title,
        key="action",
        bind="query-params",
    )
    action = actions[name if name in actions else next(iter(actions))]
    st.caption(f"{action.summary} Version {action.version}.")
    if action.controls:
        with st.popover("Controls that are on", icon=":material/shield:", type="tertiary"):
            st.markdown("\n".join(f"- {control}" for control in action.controls))
    return action


def _begin(runs: Sequence[Run], here: Commands) -> tuple[Operation, Inputs]:
    """The operation, and the inputs of the service that it is about."""
    operation: Operation = st.segmented_control(
        "Operation",
        _OPERATIONS,
        default="create",
        required=True,
        key="operation",
        bind="query-params",
        format_func=str.capitalize,
    )
    if operation == "create":
        return operation, {}
    made = sorted({run.target for run in runs if run.has_made_it})
    name = st.selectbox(
        "Which service",
        made,
        index=None,
        accept_new_options=True,
        placeholder="A service made by this action",
    )
    known = dict(here.asked_before(name)) if name else {}
    if name and not known:
        st.warning(f"{name} was not made by an action, so there is nothing to {operation}.")
    return operation, known


def _form(action: Action, operation: Operation, known: Inputs, facts: Facts, here: Commands) -> None:
    key = f"{action.name}-{operation}-{known.get('name', '')}"
    problems: Mapping[str, str] = st.session_state.pop(_PROBLEMS, {})
    suggestions = {"team": _teams(facts), "calls": _services(facts)}
    with st.form(key):
        inputs = draw_fields(action.schema, known, suggestions, problems, key=key)
        st.caption("\\* required. The question mark beside a field says what it wants.")
        if problems.get(""):
            st.error(problems[""])
        with st.container(horizontal=True):
            wants_diff = st.form_submit_button("Show the diff", icon=":material/difference:")
            wants_run = st.form_submit_button(
                operation.capitalize(), type="primary", icon=":material/rocket_launch:"
            )
    if wants_diff or wants_run:
        _send(Order(action.name, inputs, operation), action, here, is_dry_run=wants_diff)


def _send(order: Order, action: Action, here: Commands, *, is_dry_run: bool) -> None:
    """Give the command; what is wrong with it is said at the fields when the page is drawn again."""
    st.session_state.pop(_PREVIEW, None)
    try:
        if is_dry_run:
            with st.spinner("Working out the diff"):
                st.session_state[_PREVIEW] = here.preview(visitor_here(), order)
        else:
            st.query_params["run"] = here.submit(visitor_here(), order).run_id
    except InputError as error:
        st.session_state[_PROBLEMS] = problems_at_fields(error.problems, action.schema)
    except ActionError as error:
        st.session_state[_PROBLEMS] = {"": str(error)}
    st.rerun()


def _preview_panel() -> None:
    run: Run | None = st.session_state.get(_PREVIEW)
    if run is None:
        return
    with st.container(border=True):
        if run.stage != "unchanged":
            st.error(run.message)
        elif run.diff:
            added = sum(line.startswith("+") and not line.startswith("+++") for line in run.diff.splitlines())
            gone = sum(line.startswith("-") and not line.startswith("---") for line in run.diff.splitlines())
            title = f"{run.target}: {count(added)} lines would be added, {count(gone)} taken away"
            st.markdown(f"## {title}", anchors=False)
            st.caption("A dry run: nothing was changed, no ticket was opened.")
            st.code(run.diff, language="diff", height=_DIFF_TALL, wrap_lines=True)
        else:
            st.markdown(f"## {run.target} stands as asked for already", anchors=False)


def _page(facts: Facts, here: Commands, visitor: Visitor) -> None:
    runs = here.runs(visitor)
    action = _choose_action(here.actions())
    operation, known = _begin(runs, here)
    if operation == "create" or known:
        _form(action, operation, known, facts, here)
    _preview_panel()
    run_id = st.query_params.get("run")
    if run_id:
        follow(here, visitor, run_id, facts.zone)
    runs_panel(runs, facts)


facts = open_facts()
if facts is None:
    st.stop()
chosen()
banner(facts)
st.title("Deploy a service", anchor=False)
st.caption("By the golden path: a reviewed commit to the GitOps repository, measured from the request on.")
here, visitor = commands(), visitor_here()
refusal = (
    here.refusal(visitor, "deploy") if here else "This page reads figures only. Start it with `payoff serve`."
)
if here is None or refusal:
    st.info(refusal, title="Nothing can be deployed from here", icon=":material/lock:")
    st.stop()
try:
    _page(facts, here, visitor)
except ActionError as error:
    st.error(str(error), title="The actions cannot be used")
