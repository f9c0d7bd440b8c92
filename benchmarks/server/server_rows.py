"""N completed flow runs, straight into the server's database.

`python -m benchmarks.server.server_rows N`. Through the API they would take minutes.
To be run before the server starts.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

_BATCH = 1000


async def write(count: int) -> int:
    """Insert flow runs of one flow with their last state; how many there are then."""
    import sqlalchemy as sa
    from prefect.server.database import provide_database_interface
    from prefect.server.models.flows import create_flow
    from prefect.server.schemas.core import Flow
    from prefect.server.schemas.states import StateType

    db = provide_database_interface()
    await db.create_db()
    async with db.session_context(begin_transaction=True) as session:
        make: Any = create_flow  # its decorator hides the coroutine
        flow = await make(session=session, flow=Flow(name="stored"))
        now = datetime.now(UTC)
        for first in range(0, count, _BATCH):
            runs, states = [], []
            for number in range(first, min(first + _BATCH, count)):
                run, state, ended = uuid4(), uuid4(), now - timedelta(minutes=number)
                last: dict[str, Any] = {
                    "state_type": StateType.COMPLETED,
                    "state_name": "Completed",
                }
                last |= {"state_timestamp": ended}
                times = {"start_time": ended - timedelta(seconds=5), "end_time": ended}
                about = {"id": run, "flow_id": flow.id, "name": f"stored-{number}"}
                about |= {"expected_start_time": times["start_time"], "run_count": 1}
                runs.append(about | last | times)
                kept = {"id": state, "flow_run_id": run, "type": StateType.COMPLETED}
                states.append(kept | {"name": "Completed", "timestamp": ended})
            # The two name each other: runs without, then their states, at the end the link.
            await session.execute(sa.insert(db.FlowRun), runs)
            await session.execute(sa.insert(db.FlowRunState), states)
        of_run = "SELECT id FROM flow_run_state WHERE flow_run_id = flow_run.id"
        await session.execute(sa.text(f"UPDATE flow_run SET state_id = ({of_run})"))
        total = await session.scalar(sa.select(sa.func.count()).select_from(db.FlowRun))
    return int(total or 0)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(write(int(sys.argv[1])))))
