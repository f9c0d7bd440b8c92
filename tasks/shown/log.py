"""Lines of the log that say nothing: left out."""

import logging

_OF_TASKS = "prefect.task_runs"


def _is_news(record: logging.LogRecord) -> bool:
    """False for the line that every task ends with when all is well.

    A stage says by itself what it did. How a task failed, and how the flow run ended, stays.
    """
    return not record.getMessage().startswith("Finished in state Completed(")


def leave_out_completed_tasks() -> None:
    """From now on, in this process; twice is once."""
    logger = logging.getLogger(_OF_TASKS)
    if _is_news not in logger.filters:
        logger.addFilter(_is_news)
