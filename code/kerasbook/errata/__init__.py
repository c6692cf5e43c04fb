"""The article's errors: what each claim comes to when it is run.

`facts`, `names` and `listing` hold the demonstrations that the page shows;
`ledger` pairs each error with its demonstration and the outcome.
"""
