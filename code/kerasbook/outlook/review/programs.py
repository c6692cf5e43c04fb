"""Ten programs as people wrote them in their year, and the same for today.

Each takes images of shape `(n, 12, 12, 1)` and integer labels below 4; the old
ones name what the package of their year offers.
"""


def old_labels(images, labels):
    """Turn labels into rows of zeros with a one, as in 2016."""
    from keras.utils import np_utils

    return np_utils.to_categorical(labels, nb_classes=4).shape


def new_labels(images, labels):
    """Turn labels into rows of zeros with a one."""
    from keras.utils import to_categorical

    return to_categorical(labels, num_classes=4).shape


def old_training(images, labels):
    """Train a network, as in 2016."""
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential()
    model.add(Dense(output_dim=1, init="uniform", input_shape=(12, 12, 1)))
    model.compile("sgd", "mse")
    model.fit(images, images, nb_epoch=2, verbose=0)
    return model.output_shape


def new_training(images, labels):
    """Train a network."""
    from keras.layers import Dense, Input
    from keras.models import Sequential

    model = Sequential([Input(shape=(12, 12, 1))])
    model.add(Dense(units=1, kernel_initializer="uniform"))
    model.compile("sgd", "mse")
    model.fit(images, images, epochs=2, verbose=0)
    return model.output_shape


def old_convolution(images, labels):
    """Convolve with eight filters of three by three, as in 2016."""
    from keras.layers import Convolution2D
    from keras.models import Sequential

    model = Sequential([Convolution2D(8, 3, 3, input_shape=(12, 12, 1))])
    return model.output_shape


def new_convolution(images, labels):
    """Convolve with eight filters of three by three."""
    from keras.layers import Conv2D, Input
    from keras.models import Sequential

    model = Sequential([Input(shape=(12, 12, 1)), Conv2D(8, (3, 3))])
    return model.output_shape


def small_model(shape=(12, 12, 1), loss="sparse_categorical_crossentropy"):
    """Return a compiled network of one layer."""
    import keras

    layers = [keras.layers.Flatten(), keras.layers.Dense(4, "softmax")]
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("sgd", loss)
    return model


def endless_batches(images):
    """Yield the same batch for ever, inputs and targets."""
    while True:
        yield images, images


def old_generator(images, labels):
    """Train from a generator, as in 2018."""
    from keras.layers import Dense
    from keras.models import Sequential

    model = Sequential([Dense(1, input_shape=(12, 12, 1))])
    model.compile("sgd", "mse")
    model.fit_generator(endless_batches(images), steps_per_epoch=2, verbose=0)
    return model.output_shape


def new_generator(images, labels):
    """Train from a generator."""
    from keras.layers import Dense, Input
    from keras.models import Sequential

    model = Sequential([Input(shape=(12, 12, 1)), Dense(1)])
    model.compile("sgd", "mse")
    batches = endless_batches(images)
    model.fit(batches, steps_per_epoch=2, shuffle=False, verbose=0)
    return model.output_shape


def old_loss(images, labels):
    """Compute a loss with functions of the backend, as in 2018."""
    from keras import backend as K

    return K.mean(K.square(images - 1), axis=-1).shape


def new_loss(images, labels):
    """Compute a loss with operations of Keras."""
    from keras import ops

    return ops.mean(ops.square(images - 1), axis=-1).shape


def old_wrapper(images, labels):
    """Give a network to scikit-learn, as in 2018."""
    from keras.wrappers.scikit_learn import KerasClassifier

    classifier = KerasClassifier(small_model, epochs=1, verbose=0)
    classifier.fit(images, labels)
    return len(classifier.classes_)


def new_wrapper(images, labels):
    """Give a network to scikit-learn."""
    from keras.wrappers import SKLearnClassifier

    model = small_model((144,), loss="categorical_crossentropy")
    classifier = SKLearnClassifier(model)
    classifier.fit(images.reshape(-1, 144), labels, epochs=1, verbose=0)
    return len(classifier.classes_)


def old_optimizer(images, labels):
    """Set the learning rate and its decay, as in 2020."""
    from keras.optimizers import Adam

    return Adam(lr=0.001, decay=0.01).get_config()["name"]


def new_optimizer(images, labels):
    """Set the learning rate and its decay."""
    from keras.optimizers import Adam
    from keras.optimizers.schedules import InverseTimeDecay

    schedule = InverseTimeDecay(0.001, decay_steps=1, decay_rate=0.01)
    return Adam(learning_rate=schedule).get_config()["name"]


def old_rescaling(images, labels):
    """Rescale pixels within the model, as in 2020."""
    import keras

    preprocessing = keras.layers.experimental.preprocessing
    return preprocessing.Rescaling(1 / 255)(images).shape


def new_rescaling(images, labels):
    """Rescale pixels within the model."""
    import keras

    return keras.layers.Rescaling(1 / 255)(images).shape


def old_mean(images, labels):
    """Use a function of TensorFlow between layers, as in 2023."""
    import keras
    import tensorflow as tf

    inputs = keras.Input((12, 12, 1))
    means = tf.reduce_mean(inputs, axis=[1, 2])
    outputs = keras.layers.Dense(4)(means)
    return keras.Model(inputs, outputs).predict(images, verbose=0).shape


def new_mean(images, labels):
    """Use an operation of Keras between layers."""
    import keras

    inputs = keras.Input((12, 12, 1))
    means = keras.ops.mean(inputs, axis=[1, 2])
    outputs = keras.layers.Dense(4)(means)
    return keras.Model(inputs, outputs).predict(images, verbose=0).shape


def old_saving(images, labels):
    """Save a model into a folder and read it again, as in 2023."""
    import keras

    small_model().save("my_model")
    return keras.models.load_model("my_model").output_shape


def new_saving(images, labels):
    """Save a model into a file and read it again."""
    import keras

    small_model().save("my_model.keras")
    return keras.models.load_model("my_model.keras").output_shape
