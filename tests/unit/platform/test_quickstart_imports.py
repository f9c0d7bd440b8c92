"""The quickstart decides where its server is before Prefect reads its settings."""

import subprocess
import sys


def test_prefect_is_not_imported_before_the_address_is_known() -> None:
    code = "import sys, ff_analytics.platform.local.quickstart; print('prefect' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
