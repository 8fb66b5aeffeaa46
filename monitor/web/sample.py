"""What a message would look like, for the last look before signing up: the real thing, about news of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from monitor.store import facts
from monitor.web.forms import Wishes, any_of
from monitor.web.site import Site

if TYPE_CHECKING:
    from monitor.search import Hit

#: Stories in the sample of a daily message; one that comes at once has one.
DAILY = 3


class Sample(NamedTuple):
    sender: str
    subject: str
    text: str


def sample(site: Site, wishes: Wishes, hits: Sequence[Hit]) -> Sample | None:
    """A mail about the newest of `hits` as the wishes would have it worded; None where there is nothing to tell."""
    from monitor.alerts.compose import compose
    from monitor.alerts.entries import Editor
    from monitor.model import Bundle, DeliveryKind, Mail
    from monitor.store.matches import MatchRow
    from monitor.subscribers.readers import Subscription

    chosen, now = wishes.settings, site.now()
    daily = bool(chosen["hour"])
    told = facts.coverage_of(site.archive(), [h.article for h in hits])[-(DAILY if daily else 1) :]
    if not told:
        return None
    kind = DeliveryKind.DIGEST if daily else DeliveryKind.ALERT
    wanted = Subscription(wishes.subscriptions[0]["name"], any_of(s["query"] for s in wishes.subscriptions))
    editor = Editor(site.archive(), lambda _: wanted, site.config.web.base_url)
    matched = [MatchRow(0, "", fact.key, "", fact.id, ("",), now) for fact in told]
    content = editor.content(matched, kind, chosen["language"], now)
    base = site.hosts.base
    bundle = Bundle(
        delivery="",
        kind=kind,
        at=now,
        language=chosen["language"],
        zone=chosen["zone"],
        discretion=chosen["discretion"],
        entries=content.entries,
        more=content.more,
        coverage=content.coverage,
        held=content.held,
        code_word=chosen["code_word"],
        unsubscribe_url=f"{base}/u/…",
        manage_url=f"{base}/m",
    )
    mail = compose(bundle, "email")
    assert isinstance(mail, Mail)
    sender = site.config.delivery.smtp.sender
    return Sample(sender, mail.subject, site.veil(mail.text))
