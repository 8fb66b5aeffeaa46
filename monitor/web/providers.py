"""Mailboxes whose keepers can be made to show what they hold to those who punish reading: said before anything is sent.

The list is of domains, so the same is said of every address there, known to us or not.
"""

from __future__ import annotations

#: Country domains of Belarus and Russia, and providers of these countries under other names
#: (Yandex, VK with Mail.ru, Rambler; each offers mailboxes under these domains).
RISKY = frozenset(
    (
        "by", "ru", "su", "xn--90ais", "xn--p1ai", "бел", "рф", "yandex.com", "yandex.net", "yandex.kz", "yandex.ua",
        "yandex.uz", "yandex.fr", "yandex.com.tr", "yandex.com.ge", "ya.com", "vk.com", "mail.ua",
    )
)  # fmt: skip


def is_risky(to: str) -> bool:
    """Whether a mail address lies with one of them."""
    host = to.rpartition("@")[2].strip().rstrip(".").casefold()
    labels = host.split(".")
    return any(".".join(labels[n:]) in RISKY for n in range(len(labels)))
