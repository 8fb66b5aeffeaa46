from __future__ import annotations

from monitor.matching.syntax import Node


def explain(root: Node, language: str = "en") -> str:
    return str(root)
