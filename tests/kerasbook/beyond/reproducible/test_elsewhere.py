import os

import pytest

from kerasbook.beyond.reproducible import elsewhere as page


def sizes(*names):
    return [os.environ[name] for name in names]


def test_a_task_sets_its_threads_and_answers_with_a_value():
    call = 'sizes("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "XLA_FLAGS", "KERAS_BACKEND")'
    for threads, several in ((1, "false"), (2, "true")):
        program = page.write_task("import math", [sizes], call, threads=threads)
        answer = page.run_task(program, "jax")
        flag = f"--xla_cpu_multi_thread_eigen={several}"
        assert answer == [str(threads), str(threads), flag, "jax"]


def test_a_task_cannot_see_the_other_backends():
    call = "[bool(find_spec(n)) for n in ('tensorflow', 'torch', 'jax')]"
    program = page.write_task("from importlib.util import find_spec", [], call, threads=1)
    assert page.run_task(program, "torch") == [False, True, False]


def test_a_failure_says_where_and_what():
    program = page.write_task("import math", [], "math.sqrt(-1)", threads=1)
    with pytest.raises(RuntimeError, match="failed on jax: ValueError: "):
        page.run_task(program, "jax")
    with pytest.raises(RuntimeError, match="failed on jax: nothing was printed"):
        page.run_task("pass", "jax")
