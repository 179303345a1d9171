"""What tests of the native loop share: whether there is one here."""

from __future__ import annotations

import pytest

from playground.nn.native.trust import standing

native = pytest.mark.skipif("Python" in standing(), reason="the native loop is not built here")
