"""Start a deployment's run, without importing Prefect."""

from typing import Any
from uuid import uuid4

from ff_analytics.engine.base.retries import SERVER
from ff_analytics.platform.api.rest import Api, Busy, Refused


def trigger(api: Api, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Create a run of the deployment `flow/name`; the run as the server describes it.

    A busy server is asked again; the key makes it one run, however often it is asked.
    Raises `Refused` for parameters that the deployment does not take.
    """
    asked = {"parameters": parameters, "idempotency_key": str(uuid4())}
    made = None
    for attempt in SERVER.attempts_on(Busy):
        with attempt:
            identity = api.deployment(name)["id"]
            made = api.call("POST", f"/deployments/{identity}/create_flow_run", asked)
    if made is None:
        raise Refused(f"The deployment {name} was removed meanwhile.")
    return dict(made)
