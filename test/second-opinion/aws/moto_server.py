"""moto's server, with the JSONata evaluator that it ships without. Prints its port, and ends with its standard input."""

import json
import logging
import os
import signal
import sys
import threading

from jsonata import Jsonata
from moto.core.config import default_user_config
from moto.server import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.parser.asl.jsonata import jsonata
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as AWS does, and writes no access log."""

    protocol_version = "HTTP/1.1"

    def log_request(self, *_args):
        pass


def evaluate(expression):
    try:
        # The round trip leaves plain data of what are the evaluator's own lists and numbers.
        return json.loads(json.dumps(Jsonata(expression).evaluate(None)))
    except Exception as error:
        raise jsonata.JSONataException("UNKNOWN", str(error)) from error


def main():
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    jsonata._eval_jsonata = evaluate
    # It tells of every error of a state machine, which is what many of them are for.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    server = make_server(
        "127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Quiet
    )
    # Where its own state machines find its other services.
    os.environ["MOTO_PORT"] = str(server.server_port)
    # Ctrl-C ends whoever started it, and with that it ends itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # In its own thread, so that whoever started it may die in any way: this ends when the pipe from there closes.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


main()
