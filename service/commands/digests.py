"""`payoff digest`: the weekly and the quarterly digest, looked at or sent."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.markup import escape

from dashboards.digest.html import html_page
from dashboards.digest.period import Cadence, Period, last_period, period_named
from dashboards.digest.plain import plain_text
from dashboards.digest.slack import slack_message
from service.cli import DEFAULT_CONFIG, ConfigOption, app, day_at, narration, now, plain_errors, settings_of
from service.configuration.config import Settings
from service.configuration.problems import nearest
from service.digests.config import DigestChannel
from service.digests.delivery import patiently
from service.digests.making import Made, made
from service.digests.register import found
from service.digests.sending import send, sending
from service.errors import PayoffError, UsageError
from service.storage.snapshots import open_snapshot
from service.storage.warehouse import open_warehouse
from warehouse.engine import Warehouse

Format = Literal["text", "html", "slack"]


@app.command()
def digest(
    cadence: Annotated[Cadence, typer.Argument(help="weekly or quarterly.", metavar="weekly|quarterly")],
    config: ConfigOption = DEFAULT_CONFIG,
    week: Annotated[
        str | None, typer.Option("--week", "-w", help="Such as 2026-W47. Default: the last one over.")
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", "-q", help="Such as 2026-Q3. Default: the last one over.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Channel that it is for. Default: all teams; with --send every channel."),
    ] = None,
    format_: Annotated[
        Format, typer.Option("--format", "-f", help="text, html (as mailed) or slack (JSON of the webhook).")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write to. Default: stdout.")
    ] = None,
    is_sent: Annotated[
        bool, typer.Option("--send", help="Send it now to who has not had it; for cron, too.")
    ] = False,
    is_again: Annotated[bool, typer.Option("--again", help="With --send: also to who has had it.")] = False,
) -> None:
    """Look at a digest as it would go out, or send it with --send.

    Nothing is sent without --send. What is sent so is written down, so that `payoff serve` does not send it
    again. A channel that does not take it makes the exit code 1.

    Example: `payoff digest weekly --to platform-room --format slack`
    """
    with plain_errors():
        settings = settings_of(config)
        at = now()
        period = _period(settings, cadence, week, quarter, at)
        channel = None if to is None else _channel(settings, to)
        if is_sent:
            if output is not None or format_ != "text":
                raise UsageError("--send sends as the channel takes it; leave out --format and --output.")
            _send(settings, period, channel, is_again=is_again)
            return
        if is_again:
            raise UsageError("--again goes with --send.")
        with open_snapshot(settings) as snapshot, made(settings, snapshot, period, at) as whole:
            _write(_shown(whole, channel, format_), output)


def _period(
    settings: Settings, cadence: Cadence, week: str | None, quarter: str | None, at: datetime
) -> Period:
    name, other = (week, quarter) if cadence == "weekly" else (quarter, week)
    if other is not None:
        raise UsageError(f"A {cadence} digest takes {'--week' if cadence == 'weekly' else '--quarter'}.")
    organisation = settings.organisation
    if name is None:
        return last_period(cadence, day_at(settings, at), organisation.quarter_start_month)
    return period_named(cadence, name, organisation.quarter_start_month)


def _channel(settings: Settings, name: str) -> DigestChannel:
    channels = {channel.name: channel for channel in settings.digest.channels}
    if name not in channels:
        near = nearest(name, list(channels))
        hint = f"Did you mean {near}?" if near else f"There are: {', '.join(channels) or 'none'}."
        raise UsageError(f"--to {name!r} is no channel of `digest.channels`. {hint}")
    return channels[name]


def _shown(whole: Made, channel: DigestChannel | None, format_: Format) -> str:
    if format_ == "slack":
        message = slack_message(whole.digest(channel, is_mail=False))
        return json.dumps(message, indent=1, ensure_ascii=False) + "\n"
    is_mail = channel is None or channel.webhook_url is None
    digest = whole.digest(channel, is_mail=is_mail)
    return html_page(digest) + "\n" if format_ == "html" else plain_text(digest)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    narration.print(escape(str(output)), soft_wrap=True)


def _send(settings: Settings, period: Period, channel: DigestChannel | None, *, is_again: bool) -> None:
    chosen = [channel] if channel else [c for c in settings.digest.channels if c.gets(period.cadence)]
    if not chosen:
        raise UsageError(f"No channel gets the {period.cadence} digest; add one to `digest.channels`.")
    with sending(settings, now):
        if not is_again:
            with open_warehouse(settings, now) as warehouse:
                chosen = [one for one in chosen if not _has_it(warehouse, one, period)]
        n_sent = send(settings, now, period, chosen, prepare=patiently(time.sleep)) if chosen else 0
        with open_warehouse(settings, now) as warehouse:
            outcomes = {one.name: found(warehouse, one.name, period) for one in chosen}
    for name, outcome in outcomes.items():
        words = "not sent: the data does not reach its end" if outcome is None else outcome.words
        narration.print(f"{name}: {period.name} {words}", soft_wrap=True)
    if n_sent < len(chosen):
        raise PayoffError(f"{n_sent} of {len(chosen)} channels took the {period.cadence} digest.")


def _has_it(warehouse: Warehouse, channel: DigestChannel, period: Period) -> bool:
    known = found(warehouse, channel.name, period)
    if known is None or known.status != "sent":
        return False
    at = f"{known.last_at:%Y-%m-%d %H:%M} UTC"
    narration.print(f"{channel.name} had {period.name} at {at}; --again sends it once more.", soft_wrap=True)
    return True
