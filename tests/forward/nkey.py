# SPDX-License-Identifier: ISC
"""nkey.py: NATS keys and JWTs from ed25519 keys of openssl.

	nkey.py key U|A|O DER PUB	"SEED" and "PUBLIC" of a key, a line each
	nkey.py creds DIR		DIR/creds for the key in DIR/user, of the
					account in DIR/account, of the operator in
					DIR/operator (DIR/operator.der, DIR/A.der),
					with a system account of DIR/system;
					prints the server's settings

The form of keys is that of github.com/nats-io/nkeys, of JWTs version 2.
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import time

PREFIX = {"O": 14 << 3, "A": 0, "U": 20 << 3}
SEED = 18 << 3


def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc


def encode(raw):
    raw += crc16(raw).to_bytes(2, "little")
    return base64.b32encode(raw).decode().rstrip("=")


def key(kind, der, pub):
    with open(der, "rb") as file:
        seed = file.read()[-32:]
    with open(pub, "rb") as file:
        public = file.read()[-32:]
    kind = PREFIX[kind]
    print(encode(bytes([SEED | kind >> 5, (kind & 31) << 3]) + seed))
    print(encode(bytes([kind]) + public))


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(der, issuer, subject, name, nats):
    claims = {"iat": int(time.time()), "iss": issuer, "name": name,
              "sub": subject, "nats": dict(nats, version=2)}
    claims["jti"] = base64.b32encode(hashlib.sha256(
        json.dumps(claims).encode()).digest()).decode().rstrip("=")
    text = b64(b'{"typ":"JWT","alg":"ed25519-nkey"}') + "." + \
        b64(json.dumps(claims).encode())
    path = der + ".text"
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    signature = subprocess.run(
        ["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", der, "-keyform",
         "DER", "-in", path], check=True, stdout=subprocess.PIPE).stdout
    return text + "." + b64(signature)


def creds(directory):
    def at(name):
        return os.path.join(directory, name)

    def lines(name):
        with open(at(name), encoding="ascii") as file:
            return file.read().split()

    operator, system, account, user = (
        lines(n) for n in ("operator", "system", "account", "user"))
    unlimited = {n: -1 for n in ("subs", "data", "payload", "imports", "exports",
                                 "conn", "leaf", "mem_storage", "disk_storage",
                                 "streams", "consumer")}
    unlimited["wildcards"] = True
    operator_jwt = token(at("operator.der"), operator[1], operator[1], "test",
                         {"type": "operator"})
    system_jwt = token(at("operator.der"), operator[1], system[1], "system",
                       {"type": "account", "limits": unlimited | {
                           "mem_storage": 0, "disk_storage": 0}})
    account_jwt = token(at("operator.der"), operator[1], account[1], "test",
                        {"type": "account", "limits": unlimited})
    user_jwt = token(at("A.der"), account[1], user[1], "test",
                     {"type": "user", "subs": -1, "data": -1, "payload": -1})
    with open(at("creds"), "w", encoding="ascii") as file:
        file.write("-----BEGIN NATS USER JWT-----\n%s\n"
                   "------END NATS USER JWT------\n\n"
                   "-----BEGIN USER NKEY SEED-----\n%s\n"
                   "------END USER NKEY SEED------\n" % (user_jwt, user[0]))
    print("operator: %s\nresolver: MEMORY\nsystem_account: %s\n"
          "resolver_preload: { %s: %s, %s: %s }" %
          (operator_jwt, system[1], system[1], system_jwt, account[1], account_jwt))


if __name__ == "__main__":
    {"key": key, "creds": creds}[sys.argv[1]](*sys.argv[2:])
