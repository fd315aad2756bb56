"""Settings of the whole suite: properties try the same examples in every run, so that a green main stays green.

HYPOTHESIS_PROFILE=explore draws new ones, many; what it finds becomes an @example.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
