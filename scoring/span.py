"""Between which numbers does a score lie?"""

from __future__ import annotations

LOWEST, HIGHEST = 350, 950
