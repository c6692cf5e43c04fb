"""Files you did not make (`beyond/safe-files`)."""
