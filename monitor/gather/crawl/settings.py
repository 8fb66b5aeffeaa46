"""Scrapy's settings. Whatever its defaults (2.19) leave open is closed, even where nothing of ours uses it."""

from __future__ import annotations

from typing import Any

from monitor.config import NetworkConfig

#: Of the whole limit, what a spider may take before it is asked to hand over what it has.
SPIDERS_SHARE = 0.8


def settings(network: NetworkConfig, user_agent: str, limit_seconds: float) -> dict[str, Any]:
    """The settings of one child. `limit_seconds` is the limit of the whole crawl."""
    ours = "monitor.gather.crawl.download.DoorHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": ours, "https": ours, "file": None, "data": None, "ftp": None, "s3": None},
        # a server that executes Python, and another one: both on by default
        "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        # politeness; the door spaces requests per host across all spiders as well
        "ROBOTSTXT_OBEY": network.respect_robots,
        "USER_AGENT": user_agent,
        "ROBOTSTXT_USER_AGENT": user_agent.partition("/")[0],
        "CONCURRENT_REQUESTS": 1,  # of each spider: whatever is under way is still waited for when a spider is closed
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": network.spacing.total_seconds(),
        "DOWNLOAD_DELAY_JITTER": 0,
        "RETRY_ENABLED": False,  # the next visit is the second try; a 429 is never asked twice
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        # the door's business
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_TIMEOUT": network.total.total_seconds(),
        "DOWNLOAD_MAXSIZE": network.max_decoded,
        # one visit
        "CLOSESPIDER_TIMEOUT": limit_seconds * SPIDERS_SHARE,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # newest first, as listed
        "MEMUSAGE_ENABLED": False,
        "STATS_DUMP": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "WARNING",  # at DEBUG every item is logged with its text
        "LOG_INSTALL_ROOT_HANDLER": False,
    }
