"""Answers to the exercises with graders of the page on troubles."""


def whole_epochs(batches, epochs, steps_per_epoch):
    """Return how many epochs a generator that ends can fill anew."""
    return min(epochs, batches // steps_per_epoch)


def careless_whole_epochs(batches, epochs, steps_per_epoch):
    """Do the usual mistake: believe that each epoch begins anew."""
    return epochs if batches >= steps_per_epoch else 0


def classify_memory_growth(held, alive):
    """Classify memory growth over repeated fits.

    The first fit does not count: it compiles, and loads libraries.

    Args:
        held: MiB before the first fit, and after each.
        alive: how many of the models still exist.
    """
    if (held[-1] - held[1]) / (len(held) - 2) <= 1:
        return "none"
    return "Python keeps models" if alive > 1 else "below Python"


def careless_classify_memory_growth(held, alive):
    """Do the usual mistake: count the first fit, too."""
    if (held[-1] - held[0]) / (len(held) - 1) <= 1:
        return "none"
    return "Python keeps models" if alive > 1 else "below Python"
