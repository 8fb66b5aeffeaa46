"""config.yaml: every mistake at once, each with its place and what to write instead."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import config
from monitor.errors import ConfigError
from monitor.model import Kind


def write(folder: Path, text: str, local: str = "") -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    if local:
        (folder / "config.local.yaml").write_text(local, encoding="utf-8")
    return path


def test_four_lines_make_an_alert(tmp_path: Path) -> None:
    loaded = config.load(
        write(
            tmp_path,
            """
alerts:
  - name: Вера
    keywords: вызвалілі, "палітычны вязень"
    to: me@example.org
    when: daily 8:05 Europe/Vilnius
""",
        )
    )
    assert loaded.alerts[0].name == "Вера"
    assert config.parse_when(loaded.alerts[0].when) == ("08:05", "Europe/Vilnius")


def test_a_bare_address_is_a_feed_with_the_rest_found_out(tmp_path: Path) -> None:
    source = config.load(write(tmp_path, "sources: ['https://www.paper.example/rss']")).all_sources()[0]
    assert (source.name, source.outlet, source.owner) == (
        "https://www.paper.example/rss",
        "paper.example",
        "paper.example",
    )
    assert source.kind is Kind.FEED


def test_every_mistake_is_reported_at_once_with_its_place(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
colour: blue
alerts:
  - {name: a, keywords: x, to: 'https://hooks.slack.example/T/B/x'}
  - {name: b, keywords: x, to: me@example.org, when: daily 25:00}
sources:
  - {name: Paper, url: ftp://x, interval: 1 min}
delivery:
  smtp: {password: hunter2}
""",
    )
    with pytest.raises(ConfigError) as trouble:
        config.load(path)
    message = str(trouble.value)
    for part in (
        "6 to mend",
        "colour: there is no such setting",
        "alerts[0] (a).to: a hook address is a secret",
        "alerts[1] (b).when: write now, or daily",
        "sources[0] (Paper).url: an address starts with",
        "sources[0] (Paper).interval: no source is asked more often",
        "delivery.smtp.password: a password does not belong in this file",
    ):
        assert part in message
    assert "hunter2" not in message
    assert "hooks.slack" not in message


def test_an_overlay_merges_by_name_and_replaces_the_rest(tmp_path: Path) -> None:
    loaded = config.load(
        write(
            tmp_path,
            "sources: [{name: A, url: 'https://a.example/', interval: 10 min}, {name: B, url: 'https://b.example/'}]\n"
            "withhold: [x]\n",
            "sources: [{name: A, enabled: false}, {name: C, url: 'https://c.example/'}]\nwithhold: [y]\n",
        )
    )
    a, b, c = loaded.all_sources()
    assert (a.enabled, a.interval, b.enabled, c.name) == (False, timedelta(minutes=10), True, "C")
    assert loaded.withhold == ("y",)


def test_the_environment_sets_port_and_base_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("MONITOR_BASE_URL", "https://watch.example")
    loaded = config.load(write(tmp_path, "web: {bind: 127.0.0.2}"))
    assert (loaded.web.port, loaded.web.base_url, loaded.web.bind) == (8123, "https://watch.example", "127.0.0.2")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("{}", "http://127.0.0.1:8000"),
        ("web: {port: 8123}", "http://127.0.0.1:8123"),
        ("web: {bind: 0.0.0.0}", "http://127.0.0.1:8000"),
        ("web: {bind: 10.0.0.5}", "http://10.0.0.5:8000"),
        ("web: {bind: '::1', port: 81}", "http://[::1]:81"),
        ("web: {base_url: 'https://watch.example', port: 8123}", "https://watch.example"),
    ],
)
def test_links_begin_with_the_address_that_is_listened_on_unless_another_is_given(
    tmp_path: Path, text: str, address: str
) -> None:
    """A newcomer who sets PORT gets links that work."""
    assert config.load(write(tmp_path, text)).web.base_url == address


def test_a_source_without_an_outlet_is_called_by_its_name_and_without_a_name_by_its_host() -> None:
    given = {"sources": [{"name": "Our paper", "url": "https://a.example/rss"}, "https://b.example/rss"]}
    named, bare = config.Config.model_validate(given).all_sources()
    assert (named.outlet, named.owner, bare.outlet) == ("Our paper", "Our paper", "b.example")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "mapping of sections"),
        ("a: [", "is not YAML"),
        ("sources: [{name: A, url: 'https://a.example'}]\n" * 0, ""),
    ],
)
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, text: str, message: str) -> None:
    if not message:
        assert config.load(write(tmp_path, text)).sources == ()
        return
    with pytest.raises(ConfigError, match=message):
        config.load(write(tmp_path, text))


def test_a_missing_file_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--config"):
        config.load(tmp_path / "none.yaml")


def test_two_sources_of_one_name_are_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="two entries are called A"):
        config.load(
            write(tmp_path, "sources: [{name: A, url: 'https://a.example'}, {name: A, url: 'https://b.example'}]")
        )


@pytest.mark.parametrize("text", ["socks5://127.0.0.1:9050", "ftp://x"])
def test_a_proxy_that_would_leak_names_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="socks5h"):
        config.load(write(tmp_path, f"sources: [{{url: 'https://a.example', proxy: '{text}'}}]"))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("10 min", timedelta(minutes=10)),
        ("48h", timedelta(hours=48)),
        ("2 d", timedelta(days=2)),
        (90, timedelta(seconds=90)),
    ],
)
def test_spans_of_time_are_written_as_people_write_them(text: object, span: timedelta) -> None:
    assert config.parse_span(text) == span


@pytest.mark.parametrize("text", ["soon", "10 fortnights", True, ""])
def test_what_is_no_span_of_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="span of time"):
        config.parse_span(text)


def test_a_secret_comes_from_the_environment_or_a_file_and_is_never_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOP", " hush ")
    (tmp_path / "s").write_text("quiet\n")
    assert config.secret("env:TOP") == config.secret("TOP") == "hush"
    assert config.secret(f"file:{tmp_path / 's'}") == "quiet"
    assert config.secret("") == ""
    with pytest.raises(ConfigError, match="NOT_THERE is not set"):
        config.secret("env:NOT_THERE")
    with pytest.raises(ConfigError, match="cannot read"):
        config.secret(f"file:{tmp_path / 'none'}")
