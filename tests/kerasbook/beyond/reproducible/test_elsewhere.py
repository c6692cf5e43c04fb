import os

from kerasbook.beyond.reproducible.elsewhere import call_with_threads


def sizes(*names):
    return [os.environ[name] for name in names]


def test_a_call_has_its_threads():
    call = 'sizes("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "XLA_FLAGS", "KERAS_BACKEND")'
    for threads, several in ((1, "false"), (2, "true")):
        answer = call_with_threads("jax", threads, [sizes], call, imports="import os")
        flag = f"--xla_cpu_multi_thread_eigen={several}"
        assert answer == [str(threads), str(threads), flag, "jax"]
