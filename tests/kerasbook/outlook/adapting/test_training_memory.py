import keras
import numpy as np

from kerasbook.outlook.adapting.training_memory import (
    count_training_bytes,
    predict_activation_bytes,
    predict_training_bytes,
    variable_bytes,
)


def test_bytes_come_from_shape_and_type():
    variables = [
        keras.Variable(np.zeros((3, 5)), dtype="float32"),
        keras.Variable(np.zeros((7,)), dtype="bfloat16"),
        keras.Variable(np.zeros((2, 2)), dtype="int8"),
    ]
    assert variable_bytes(variables) == 15 * 4 + 7 * 2 + 4


def test_prediction_and_count_agree_and_adam_has_its_moments():
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3), keras.layers.Dense(2)])
    model.layers[0].trainable = False  # 5 * 3 + 3 numbers; 3 * 2 + 2 are trained
    counted = count_training_bytes(model)
    assert counted == predict_training_bytes(18, 8, frozen_bytes=4, trained_bytes=4)
    assert counted == {"weights": 104, "gradients": 32, "moments": 64}
    adam = keras.optimizers.Adam()
    adam.build(model.trainable_variables)
    moments = [v for v in adam.variables if len(v.shape)]  # without steps and learning rate
    assert variable_bytes(moments) == counted["moments"]


def test_frozen_numbers_may_be_of_another_type():
    assert predict_training_bytes(1000, 10, frozen_bytes=2, trained_bytes=4) == {
        "weights": 2040, "gradients": 40, "moments": 80,
    }  # fmt: skip


def test_what_a_layer_keeps_by_hand():
    config = {
        "hidden_dim": 8, "intermediate_dim": 20, "num_query_heads": 4, "num_key_value_heads": 1,
    }  # fmt: skip
    # values are 8 / 4 wide
    assert predict_activation_bytes(config, 3) == 3 * (26 * 8 + 8 * 20) + 2 * 9 + 2 * 8 * (
        2 * 8 + 2
    )
    assert predict_activation_bytes(config, 3, quantized=True) == 3 * (28 * 8 + 10 * 20) + 2 * 9
