"""A model server in the standard library: JSON in, predictions out."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np


def read_inputs(body, session):
    """Turn a JSON object into the arrays that an ONNX session takes.

    Args:
        body: `{name: nested lists}` as bytes, a name for each input.
        session: ONNX Runtime session; its inputs are uint8 or float32.

    Raises a `ValueError` if a name or a number does not suit the file.
    """
    types = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}
    wanted = {each.name: types[each.type] for each in session.get_inputs()}
    given = {name: np.array(v) for name, v in json.loads(body).items()}
    if sorted(given) != sorted(wanted):
        raise ValueError(f"Expected {list(wanted)}. Received: {list(given)}")
    arrays = {name: given[name].astype(wanted[name]) for name in wanted}
    for name in wanted:
        if not np.allclose(arrays[name], given[name]):
            raise ValueError(f"Expected {wanted[name]} as {name!r}")
    return arrays


def answer_request(body, session):
    """Predict from JSON: the HTTP status, and the dict to send back."""
    try:
        found = session.run(None, read_inputs(body, session))
    except Exception as error:  # ①
        return 400, {"error": str(error)}
    names = [each.name for each in session.get_outputs()]
    return 200, {n: a.tolist() for n, a in zip(names, found, strict=True)}


class PredictionHandler(BaseHTTPRequestHandler):
    """Answers POST requests with the predictions of `server.session`."""

    def do_POST(self):
        """Read a JSON object, and write one."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = answer_request(body, self.server.session)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_):
        """Print nothing; the original prints a line for each request."""


def start_server(session, port=0):
    """Serve an ONNX session in a thread, for this computer alone.

    Stop the server that is returned: `shutdown()`, then `server_close()`.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), PredictionHandler)  # ①
    server.session = session
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
