"""A model server, asked on a free port."""

import http.client
import json

import numpy as np
import pytest

from kerasbook.beyond.export.graph import make_tiny_model
from kerasbook.beyond.export.serving import (
    PredictionHandler,
    answer_request,
    read_inputs,
    start_server,
)

onnxruntime = pytest.importorskip("onnxruntime", reason="needs the group export")


def byte_model():
    """Write a graph that turns bytes, named `code`, into floats, named `y`."""
    from onnx import TensorProto, helper

    nodes = [helper.make_node("Cast", ["code"], ["y"], to=TensorProto.FLOAT)]
    code = helper.make_tensor_value_info("code", TensorProto.UINT8, ["n"])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])
    graph = helper.make_graph(nodes, "bytes", [code], [y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)


@pytest.fixture(scope="module")
def session():
    weights = np.array([[3, 1], [-1, -2]], "float32")
    model = make_tiny_model(weights, np.array([0.5, 1], "float32"))
    return onnxruntime.InferenceSession(model.SerializeToString())


@pytest.fixture(scope="module")
def of_bytes():
    return onnxruntime.InferenceSession(byte_model().SerializeToString())


def test_json_becomes_arrays_of_the_types_that_the_file_states(session, of_bytes):
    arrays = read_inputs(b'{"x": [[1, 2]]}', session)
    assert arrays["x"].dtype == np.float32
    assert arrays["x"].tolist() == [[1, 2]]
    assert read_inputs(b'{"code": [0, 255]}', of_bytes)["code"].dtype == np.uint8


@pytest.mark.parametrize("number", ["0.5", "256", "-1"])
def test_a_number_that_is_no_byte_is_refused(of_bytes, number):
    with pytest.raises(ValueError, match="Expected uint8 as 'code'"):
        read_inputs(f'{{"code": [{number}]}}'.encode(), of_bytes)


def test_other_names_are_refused(session):
    with pytest.raises(ValueError, match=r"Expected \['x'\]. Received: \['image'\]"):
        read_inputs(b'{"image": [[1, 2]]}', session)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"no JSON", "Expecting value"),
        (b"[1]", "no attribute 'items'"),
        (b'{"x": [[1], [1, 2]]}', "inhomogeneous"),
        (b'{"x": [1, 2]}', "Invalid rank for input: x"),
    ],
)
def test_what_is_wrong_with_a_request_is_said(session, body, reason):
    status, answer = answer_request(body, session)
    assert status == 400
    assert reason in answer["error"]


def test_the_server_answers_goes_on_after_a_wrong_request_and_stops(session):
    server = start_server(session)
    assert server.server_address[0] == "127.0.0.1"
    assert server.RequestHandlerClass is PredictionHandler

    def ask(given):
        client = http.client.HTTPConnection(*server.server_address, timeout=10)
        client.request("POST", "/", json.dumps(given))
        reply = client.getresponse()
        found = reply.status, reply.getheader("Content-Type"), json.load(reply)
        client.close()
        return found

    try:
        assert ask({})[0] == 400
        assert ask({"x": [[1, 2]]}) == (200, "application/json", {"y": [[1.5, 0]]})
    finally:
        server.shutdown()
        server.server_close()
    with pytest.raises(ConnectionRefusedError):
        ask({"x": [[1, 2]]})
