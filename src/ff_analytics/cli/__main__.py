"""`python -m ff_analytics.cli`: the command `ff`."""

import sys

from ff_analytics.cli.main import main

sys.exit(main())
