"""What a dynasty value may be asked for; light, since deployments read it for their forms."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ff_analytics.domains.fantasy.formulas.value.options import Outlook
from ff_analytics.engine.base.forms.fields import Mark


class DynastyOptions(BaseModel):
    """Every choice of a dynasty value. Weights are points of 100."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outlook: Outlook = Field(
        Outlook.BALANCED,
        description="What later seasons count: contender 25 % less per year, balanced 20 %, "
        "rebuilder 15 %. All three are in the output; this one makes score and rank.",
    )
    weight_vor: Annotated[float, Mark.ADVANCED] = Field(
        30, ge=0, le=100, description="Weight of next season's value."
    )
    weight_economics: Annotated[float, Mark.ADVANCED] = Field(
        20, ge=0, le=100, description="Weight of what the contract saves, dollars."
    )
    weight_age: Annotated[float, Mark.ADVANCED] = Field(
        20, ge=0, le=100, description="Weight of the seasons after the next."
    )
    weight_scarcity: Annotated[float, Mark.ADVANCED] = Field(
        15, ge=0, le=100, description="Weight of the value over the best free agent."
    )
    weight_variance: Annotated[float, Mark.ADVANCED] = Field(
        10, ge=0, le=100, description="Weight of the value left at the lower quartile."
    )
    weight_market: Annotated[float, Mark.ADVANCED] = Field(
        5, ge=0, le=100, description="Weight of the market's value."
    )
    pick_rounds: Annotated[int, Mark.ADVANCED] = Field(
        4, ge=0, le=10, description="Rounds of the rookie draft whose picks are valued; 0 = none."
    )
    pick_seasons: Annotated[int, Mark.ADVANCED] = Field(
        3, ge=1, le=5, description="Coming drafts whose picks are valued."
    )
    pick_optimism: Annotated[float, Mark.ADVANCED] = Field(
        0.2,
        ge=0,
        le=1,
        description="Picks between what they returned (0) and what they would return to someone "
        "who knew the class (1).",
    )

    @model_validator(mode="after")
    def _weights_are_points_of_100(self) -> "DynastyOptions":
        total = sum(self.weights.values())
        if abs(total - 100) > 1e-6:
            raise ValueError(f"the weights sum to {total:g}; they must sum to 100")
        return self

    @property
    def weights(self) -> dict[str, float]:
        """Weight by component."""
        names = ("vor", "economics", "age", "scarcity", "variance", "market")
        return {name: float(getattr(self, f"weight_{name}")) for name in names}
