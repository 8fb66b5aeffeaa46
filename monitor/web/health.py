"""`/health` for a supervisor and `/metrics` for Prometheus, both read from the databases when asked.

`/metrics` answers only where it was asked for by a local name: how long the queue is concerns the operator, and a
proxy in front passes its own name on.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from monitor import pulse
from monitor.store import facts, health, matches
from monitor.web.site import Site, site_of

log = logging.getLogger(__name__)

#: The clocks beat every 30 s or so; after three missed beats something is wrong.
STALE = timedelta(seconds=90)
#: When everything is started at once the page is there first: an old beat says nothing yet.
STARTING = timedelta(seconds=15)
#: A few sources always fail; from a third on it is ours, or somebody blocks us.
TOO_MANY_FAILING = 1 / 3


def check(request: Request) -> Response:
    """200 with `ok` or `degraded`, 503 with `failing` when gather or send has stopped beating."""
    found = judge(site_of(request))
    code = 503 if found["status"] == "failing" else 200
    return JSONResponse(found, code, {"Cache-Control": "no-store"})


def judge(site: Site) -> dict[str, Any]:
    """The state of the whole program. A process that never beat was never started here, which is nobody's failure."""
    now = site.now()
    beats = beats_of(site)
    processes = {name: _age(at, now) for name, at in beats.items()}
    spared = site.config.demo or now - site.started < STARTING
    stopped = [] if spared else [n for n, at in beats.items() if at and now - at > STALE]
    covered = health.coverage(site.archive(), now)
    reasons = [f"{name} has not beaten for {processes[name]} s" for name in stopped]
    troubles = {} if site.config.demo else troubles_of(site)
    reasons += [f"{process}: {said}" for process, said in troubles.items()]
    late = lateness(site)
    reasons += [late] if late and not site.config.demo else []
    if covered.checked and len(covered.failing) / covered.checked > TOO_MANY_FAILING:
        reasons.append(f"{len(covered.failing)} of {covered.checked} sources fail")
    return {
        "status": "failing" if stopped else "degraded" if len(reasons) > len(stopped) else "ok",
        "reasons": reasons,
        "heartbeat_age_seconds": processes,
        "sources": {"checked": covered.checked, "quiet": len(covered.quiet), "failing": len(covered.failing)},
    }


def beats_of(site: Site) -> dict[str, datetime | None]:
    """The last heartbeat of the two clocks."""
    private = site.private()
    return {
        "gather": health.heartbeat(site.archive(), "gather"),
        "send": health.heartbeat(private, "send") if private else None,
    }


def troubles_of(site: Site) -> dict[str, str]:
    """What the two clocks are refused (disk, lock, files), or that one of them has no pulse any more."""
    found: dict[str, str] = {}
    for process in ("gather", "send"):
        last = pulse.felt(site.state, process)
        if last is None:
            continue
        for name, (said, since) in sorted(last.troubles.items()):
            found[f"{process} {name}"] = f"{said}, since {since:%H:%M:%S} UTC"
    return found


def lateness(site: Site) -> str:
    """A sentence where the synthetic item is overdue, or none is made any more; '' where all is well."""
    settings, now = site.config.delivery, site.now()
    last = facts.last_probe(site.archive())
    if not settings.probe_to or last is None:
        return ""
    if now - last.at > settings.probe.every + settings.probe.within:
        return f"no test item was made since {last.at:%H:%M} UTC"
    if now - last.at > settings.probe.within and arrived(site)[0] < int(last.at.timestamp()):
        return f"the test item of {last.at:%H:%M} UTC has not arrived in its mailbox"
    return ""


def arrived(site: Site) -> tuple[int, int]:
    """When the last synthetic item that arrived was made, and when it arrived; zeros where none ever did."""
    private = site.private()
    return tuple((matches.mark(private, f"probe {what}") or 0) if private else 0 for what in ("made", "arrived"))  # type: ignore[return-value]


def _age(at: datetime | None, now: datetime) -> int | None:
    return round((now - at).total_seconds()) if at else None


class Figures(Collector):
    """Reads everything at scrape time: web needs no counters of its own, and the other processes no port."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now, archive = self.site.now(), self.site.archive()
        for name, value in health.totals(archive).items():
            yield GaugeMetricFamily(f"monitor_{name}", f"{name} in the archive", value=value)
        conditions = GaugeMetricFamily("monitor_sources", "sources by how they are doing", labels=["condition"])
        found = [s.condition for s in health.sources(archive, now)]
        for condition in ("well", "quiet", "failing", "blocked", "moved", "suspicious", "waiting", "off"):
            conditions.add_metric([condition], found.count(condition))
        yield conditions
        yield self._heartbeats(now)
        yield self._troubles()
        made, came = arrived(self.site)
        if came:
            age = now.timestamp() - came
            yield GaugeMetricFamily("monitor_test_item_age_seconds", "since a test item last arrived", value=age)
            took = came - made
            yield GaugeMetricFamily("monitor_test_item_took_seconds", "from being made to arriving", value=took)
        yield GaugeMetricFamily(
            "monitor_test_item_overdue",
            "1 while the newest test item is missing",
            value=float(bool(lateness(self.site))),
        )
        private = self.site.private()
        if private:
            due, oldest = health.queue(private, now)
            yield GaugeMetricFamily("monitor_deliveries_due", "messages that are due now", value=due)
            yield GaugeMetricFamily(
                "monitor_delivery_oldest_due_seconds", "how late the latest of them is", value=oldest
            )

    def _troubles(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily("monitor_trouble", "what a process is refused: 1 while it lasts", labels=["what"])
        found = troubles_of(self.site)
        for what in sorted({"gather archive.db", "gather files", "send private.db", "send files", *found}):
            family.add_metric([what], float(what in found))
        return family

    def _heartbeats(self, now: datetime) -> GaugeMetricFamily:
        family = GaugeMetricFamily("monitor_heartbeat_age_seconds", "since a process last beat", labels=["process"])
        for name, at in beats_of(self.site).items():
            if at:
                family.add_metric([name], (now - at).total_seconds())
        return family


def metrics(request: Request) -> Response:
    """The figures in Prometheus' text format."""
    site = site_of(request)
    if not site.hosts.is_local(request.headers["host"]):
        raise HTTPException(404)
    registry = CollectorRegistry()
    registry.register(Figures(site))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


ROUTES = [Route("/health", check), Route("/metrics", metrics)]
