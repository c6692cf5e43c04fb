"""What memory a process holds on to, fit after fit."""

import gc
import weakref

import keras

from kerasbook.memory import held_memory_mib
from kerasbook.outlook.troubles.networks import build_table_network, draw_table


def fit_anew(count, *, clear=False, **settings):
    """Build and fit networks; return MiB after each, and how many are left."""
    rows, labels = draw_table(64)
    held, models = [], []
    for _ in range(count):
        if clear:
            keras.backend.clear_session()
        model = build_table_network(**settings)
        model.fit(rows, labels, verbose=0)
        models.append(weakref.ref(model))  # does not keep it
        del model
        gc.collect()
        held.append(held_memory_mib())
    return held, sum(each() is not None for each in models)


def resetter(model):
    """Copy the values of network and optimizer; return what restores them."""
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    first = [each.numpy() for each in variables]

    def reset():
        for variable, value in zip(variables, first, strict=True):
            variable.assign(value)

    return reset


def fit_again(count, **settings):
    """Fit one network anew each time; return the MiB held after each fit."""
    rows, labels = draw_table(64)
    model = build_table_network(**settings)
    reset, held = resetter(model), []
    for _ in range(count):
        reset()
        model.fit(rows, labels, verbose=0)
        gc.collect()
        held.append(held_memory_mib())
    return held
