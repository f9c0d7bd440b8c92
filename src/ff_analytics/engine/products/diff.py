"""What a run changed against the output before it: rows added, dropped, changed, biggest movers."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Mover(BaseModel):
    """One row whose leading number moved: its key, the number before and after."""

    model_config = ConfigDict(frozen=True)

    key: str
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


class Named(BaseModel):
    """A row that only one of the two outputs has: its key and its leading number."""

    model_config = ConfigDict(frozen=True)

    key: str
    value: float | None = None


class OutputDiff(BaseModel):
    """Counts of rows against the previous output, who moved most, who came and who went."""

    model_config = ConfigDict(frozen=True)

    added: int
    dropped: int
    changed: int
    unchanged: int
    column: str | None = None
    movers: tuple[Mover, ...] = ()
    came: tuple[Named, ...] = Field((), description="The first added rows by the leading number.")
    went: tuple[Named, ...] = Field((), description="The first dropped rows by the same.")
    before_date: date | None = Field(None, description="Snapshot date of the output before.")
    before_snapshot: int | None = Field(None, description="Lake snapshot of the output before.")

    def line(self) -> str:
        """The diff in one line."""
        text = f"{self.added:,} rows added, {self.dropped:,} dropped, {self.changed:,} changed"
        if self.movers:
            top = self.movers[0]
            text += f"; most: {top.key} {self.column} {top.before:.1f} to {top.after:.1f}"
        return text
