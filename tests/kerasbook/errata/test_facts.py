"""Facts that the page shows as an error, which the ledger tells in words only."""

import pytest

from kerasbook.errata import facts


def test_a_model_that_was_never_compiled_refuses_to_train():
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model\."):
        facts.fit_uncompiled()
