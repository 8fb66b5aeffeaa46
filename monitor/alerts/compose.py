"""What to say, per channel, language and discretion. Pure: a bundle in, a message out, nothing asked and nothing sent.

Refuses nothing: foreign text is made harmless rather than rejected, because an alert that is not sent is the worse
mistake. A channel without a form of its own gets a mail's subject and text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from monitor.alerts.forms import hook, mail, slack
from monitor.alerts.said import Note, say
from monitor.model import Bundle, Message

TEMPLATE_VERSION = "1"  # kept with each delivery; raised when the same bundle would read differently

_FORMS: dict[str, Callable[[Note], Message]] = {"email": mail.form, "slack": slack.form, "webhook": hook.form}


def compose(bundle: Bundle, channel: str, *, plain: bool = False) -> Message:
    """The message of `bundle` for a channel: Mail, SlackPost or HookCall.

    `plain` asks for the shortest, simplest form: what is sent after a receiver could not read the first one.
    A confirmation uses `action_url` in a mail, and `text` as the code (Slack) or challenge (webhook) elsewhere;
    a manage mail uses `action_url`; a notice is `text`.
    """
    if channel == "slack":
        return slack.plain_form(say(bundle)) if plain else slack.form(say(bundle))
    return _FORMS.get(channel, mail.form)(say(replace(bundle, html=bundle.html and not plain)))
