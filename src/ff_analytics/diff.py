"""What a run changed against the output before it: rows added, dropped, changed, biggest movers."""

from pydantic import BaseModel, ConfigDict


class Mover(BaseModel):
    """One row whose leading number moved: its key, the number before and after."""

    model_config = ConfigDict(frozen=True)

    key: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


class OutputDiff(BaseModel):
    """Counts of rows against the previous output, and who moved most."""

    model_config = ConfigDict(frozen=True)

    added: int
    dropped: int
    changed: int
    unchanged: int
    column: str | None = None
    movers: tuple[Mover, ...] = ()

    def line(self) -> str:
        """The diff in one line."""
        text = f"{self.added:,} rows added, {self.dropped:,} dropped, {self.changed:,} changed"
        if self.movers:
            top = self.movers[0]
            text += f"; most: {top.key} {self.column} {top.before:.1f} to {top.after:.1f}"
        return text
