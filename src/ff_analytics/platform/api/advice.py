"""What a failed run says, taken apart, and what to do about each kind of failure."""

from typing import NamedTuple

# As in the message of deployments/automations/ff-run-failed.yaml; a test compares both.
ADVICE = {
    "contract": "The previous output is untouched. Look at the rows in data/quarantine, then "
    "correct the input, the product or its contract.",
    "dbt": "The mart keeps its last tested rows. Run the SQL named above with ff sql, then correct "
    "the data or the model.",
    "stale-input": "Run the ingest deployment of that table; is its schedule active?",
    "broken-input": "Load the source again; the run's table of checks names each failure.",
    "authentication": "Put valid credentials into the block or the environment; ff doctor tries "
    "each.",
    "configuration": "Correct what is named, then run it again.",
    "source": "Run it again once the provider answers; nothing half-loaded stays.",
    "already-running": "Wait for the other run, then start it again.",
    "lake-missing": "Run an ingest first.",
    "lake-damaged": "Put the file or the catalog back as the message says; ff doctor names what is "
    "damaged.",
    "lake-foreign": "Nothing was changed. Check FF_LAKE_CATALOG and FF_LAKE_DATA; ff doctor says "
    "what does not fit.",
    "lake-unreachable": "Is the Postgres or the object store of the lake up? Then run it again.",
    "lake-busy": "Another run held the lake too long: is one stuck? Then run it again.",
    "shrunk-output": "The output of before stays. Look for the input that is half loaded; if the "
    "loss is meant, confirm it once with accept_shrunk=true.",
    "model-regression": "The projections go on with the model as it is. Compare with the weeks "
    "before in analytics.mrt_backtest and find the change in code or data.",
    "publish": "Check space and rights of the data folder, then run it again.",
}
UNEXPECTED = "This error is unexpected: read the log of the run."
CRASHED = "The process ended before it could report an error. Outputs are complete: run it again."


class Reason(NamedTuple):
    """Why a run did not complete. Stage and kind are empty for messages that are not ours."""

    stage: str
    kind: str
    sentence: str
    advice: str

    def line(self) -> str:
        """`compute: 3 rows break …`."""
        return f"{self.stage}: {self.sentence}" if self.stage else self.sentence


def reason_of(state_type: str, message: str | None) -> Reason:
    """Take `<stage>: <kind>: <sentence>` apart; other messages are the sentence."""
    first = next(iter((message or "").splitlines()), "")
    stage, _, rest = first.partition(": ")
    kind, _, sentence = rest.partition(": ")
    ours = bool(sentence) and " " not in kind
    if state_type == "CANCELLED":
        return Reason("", "", first or "it was cancelled", "")
    if state_type == "CRASHED":
        return Reason("", "crashed", first or "the process ended", CRASHED)
    if not ours:
        return Reason("", "", first or "no message", UNEXPECTED)
    return Reason(stage, kind, sentence, ADVICE.get(kind, UNEXPECTED))
