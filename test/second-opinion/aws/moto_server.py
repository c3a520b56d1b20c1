"""moto's server, with two things that it ships without: a JSONata evaluator, and replication between buckets of S3.

Prints its port, and ends with its standard input.
"""

import copy
import json
import logging
import os
import signal
import sys
import threading

from jsonata import Jsonata
from moto.core.config import default_user_config
from moto.s3.models import FakeKey, s3_backends
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


class Replicated(FakeKey):
    """Says how it stands to replication. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-status.html"""

    # moto knows by this whose instances they are.
    __module__ = "moto.s3.models"
    replication_status: str

    @property
    def response_dict(self):
        return {**super().response_dict, "x-amz-replication-status": self.replication_status}


def replicate(source, destination, key, version_id=None):
    """Copies a version, or a delete marker, as S3 does. One that is there already stays as it is.

    Version id, creation time, metadata, tags, checksums and retention are kept:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
    """
    if not {source, destination} <= s3_backends.bucket_accounts.keys():
        return None
    partition, account = s3_backends.bucket_accounts[source]
    backend = s3_backends[account][partition]
    there = backend.get_bucket(destination)
    original = backend.get_object(source, key, version_id, return_delete_marker=version_id is not None)
    if original is None:
        return None
    versions = there.keys.getlist(key, default=[])
    copied = original.version_id not in [version.version_id for version in versions]
    is_object = isinstance(original, FakeKey)
    if copied:
        replica = original
        if is_object:
            replica = copy.deepcopy(original)
            replica.__class__, replica.replication_status = Replicated, "REPLICA"
            replica.bucket_name, replica.region_name = destination, there.region_name
            backend.tagger.copy_tags(original.arn, replica.arn)
            if not isinstance(original, Replicated):
                original.__class__, original.replication_status = Replicated, "COMPLETED"
        # The newest is the current one, in whichever order they come.
        there.keys.setlist(key, sorted([*versions, replica], key=lambda version: version.last_modified))
    size, etag = (original.size, original.etag.strip('"')) if is_object else (0, "")
    return {"versionId": original.version_id, "size": size, "etag": etag, "deleteMarker": not is_object, "copied": copied}


def with_replication(application):
    """Answers POST /moto-api/replicate beside all that moto answers."""

    def answer(environ, start_response):
        if environ["PATH_INFO"] != "/moto-api/replicate":
            return application(environ, start_response)
        asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        made = replicate(**asked)
        start_response("404 Not Found" if made is None else "200 OK", [("Content-Type", "application/json")])
        return [json.dumps(made).encode()]

    return answer


def main():
    default_user_config["stepfunctions"]["execute_state_machine"] = True
    jsonata._eval_jsonata = evaluate
    # It tells of every error of a state machine, which is what many of them are for.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    application = with_replication(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
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
