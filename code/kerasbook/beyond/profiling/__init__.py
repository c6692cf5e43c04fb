"""Where the time goes: what a step must cost, and what it does cost."""
