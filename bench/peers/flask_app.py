# SPDX-License-Identifier: ISC
"""flask_app: the same promise with Flask, for gunicorn: check the signature, parse,
keep the body durably, answer."""
import base64
import hashlib
import hmac
import json
import os

from flask import Flask, abort, request

app = Flask(__name__)
spool = os.environ["BENCH_SPOOL"]
secret = os.environ["BENCH_SECRET"].encode()
directory = os.open(spool, os.O_RDONLY | os.O_DIRECTORY)


def keep(name, body):
    temporary = os.path.join(spool, f".{name}.{os.getpid()}")
    with open(temporary, "xb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, os.path.join(spool, name))
    os.fsync(directory)


@app.post("/atlas")
def atlas():
    body = request.get_data()
    right = base64.b64encode(hmac.new(secret, body, hashlib.sha1).digest())
    if not hmac.compare_digest(right, request.headers.get("X-MMS-Signature", "").encode()):
        abort(403)
    alert = json.loads(body)
    name = f"{alert['id']}.{hashlib.sha256(body).hexdigest()[:32]}"
    keep(name, body)
    return {"status": "stored", "id": name}
