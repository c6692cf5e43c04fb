"""The code of *Machine Learning in Keras: Review and Outlook*.

One module per section. The pages of the book include these definitions by
name; nothing here knows how the book is built.

Each module imports with any backend of Keras, but for those about one:
`frameworks.with_jax`, `with_pytorch` and `with_tensorflow`;
`concepts.adversarial`, `concepts.streams`, `beyond.trust.attacks` and
`beyond.trust.explanations` use TensorFlow, `beyond.scale.timing` JAX,
`outlook.adapting.activation_memory` PyTorch, and
`outlook.choosing.step_tensorflow`, `step_torch` and `step_jax` their own.
KerasHub, the extra `detectors`, is needed by `applications.detection.ready`
and by modules of `beyond.pretrained` and `outlook.adapting`;
`beyond.export.graph` needs the extra `export`, `beyond.search.tuner`
`search`, `beyond.profiling.waiting` `grain`.
"""

__version__ = "1.0.0"
