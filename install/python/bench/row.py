"""One line of what bench measured."""

from dataclasses import dataclass, field


@dataclass
class Row:
    """What was measured, our figure, and a peer's beside it. ratio is our time by the peer's: below 1 we are better.

    must and aim say up to where which field is good, {"ratio": 1.05} say; others holds the figure of every peer when
    there were several, of which peer and theirs are the best.
    """

    name: str
    unit: str
    ours: float
    peer: str | None = None
    theirs: float | None = None
    ratio: float | None = None
    must: dict[str, float] = field(default_factory=dict)
    aim: dict[str, float] = field(default_factory=dict)
    others: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        beside = f"{self.theirs:>10.3f} {self.ratio:>7.2f}  {self.peer}" if self.peer else f"{'-':>10} {'-':>7}"
        return f"{self.name:<26} {self.unit:<8} {self.ours:>10.3f} {beside}{self.verdict()}".rstrip()

    def verdict(self) -> str:
        """Nothing is said of a ratio when there is no peer."""
        judged = {name: limit for name, limit in self.must.items() if getattr(self, name) is not None}
        if not judged:
            return ""
        return "  ok" if all(getattr(self, name) <= limit for name, limit in judged.items()) else "  MISSED"


HEAD = f"{'name':<26} {'unit':<8} {'ours':>10} {'theirs':>10} {'ratio':>7}  peer"
