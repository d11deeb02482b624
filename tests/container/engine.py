#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""engine.py WORK SERVICE [WORD...]: run a service of a compose file in the foreground, as
an engine of containers would: as process 1 of its own, with the user, the command, the
volumes, the secrets and the rights that the file and the image say. The network is the
machine's. WORDs are a command instead of the service's own.

engine.py WORK exec SERVICE PID [WORD...]: run a command beside process 1, which is PID
outside; without a command, the image's health check.

WORK/compose is a link to the compose file, WORK/roots/IMAGE the root directory of an
image, WORK/roots/IMAGE.json what "buildah inspect" tells of it, WORK/volumes/NAME what
a named volume holds; a new one gets what the image has in its place, and whose it is.
"""
import json
import os
import shutil
import sys

import yaml

HERE = os.path.dirname(os.path.realpath(__file__))


class Service:
    def __init__(self, work, name):
        self.work = work
        self.compose = os.path.realpath(f"{work}/compose")
        with open(self.compose, encoding="utf-8") as file:
            self.all = yaml.safe_load(file)
        self.service = self.all["services"][name]
        image = self.service["image"].replace(":", "_")
        self.root = os.path.realpath(f"{work}/roots/{image}")
        with open(f"{work}/roots/{image}.json", encoding="utf-8") as file:
            self.image = json.load(file)["Docker"]["config"]

    def path(self, text):
        return os.path.realpath(os.path.join(os.path.dirname(self.compose), text))

    def volume(self, name, target):
        """The directory of a named volume; like the image's if it is new."""
        path = f"{self.work}/volumes/{name}"
        like = self.root + target
        if not os.path.exists(path):
            if os.path.isdir(like):
                shutil.copytree(like, path, symlinks=True)
                st = os.stat(like)
                os.chown(path, st.st_uid, st.st_gid)
                os.chmod(path, st.st_mode & 0o7777)
            else:
                os.makedirs(path)
        return path

    def mount(self, text):
        source, target, *mode = text.split(":")
        mode = mode[0] if mode else "rw"
        if source.startswith((".", "/")):
            source = self.path(source)
            if not os.path.exists(source):
                sys.exit(f"engine: {source}: no such file or directory")
        elif source in self.all["volumes"]:
            source = self.volume(source, target)
        else:
            sys.exit(f"engine: no volume {source}")
        return f"{source}:{target}:{mode}"

    def mounts(self):
        yield from (self.mount(text) for text in self.service.get("volumes", ()))
        yield from (f"tmpfs:{target}" for target in self.service.get("tmpfs", ()))
        if "secrets" in self.service:
            yield "tmpfs:/run/secrets"
        for secret in self.service.get("secrets", ()):
            file = self.path(self.all["secrets"][secret]["file"])
            if not os.path.isfile(file):
                sys.exit(f"engine: {file}: no such file")
            yield f"{file}:/run/secrets/{secret}:ro"

    def user(self):
        user = self.image.get("User") or "0:0"
        return user if ":" in user else f"{user}:{user}"

    def dropped(self):
        return self.service.get("cap_drop") == ["ALL"]

    def command(self, words):
        entry = self.service.get("entrypoint") or self.image["Entrypoint"]
        return entry + (words or self.service.get("command") or self.image["Cmd"])

    def run(self, words):
        os.execvp("unshare", [
            "unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child",
            f"{HERE}/enter", self.root, self.user(), "none" if self.dropped() else "all",
            self.service.get("hostname", "container"),
            "ro" if self.service.get("read_only") else "rw", *self.mounts(), "--",
            *self.command(words)])

    def execute(self, pid, words):
        if not words:
            kind, *words = self.image["Healthcheck"]["Test"]
            if kind != "CMD":
                sys.exit(f"engine: a health check of kind {kind}")
        uid, gid = self.user().split(":")
        environment = dict(word.split("=", 1) for word in self.image["Env"])
        os.execvpe("nsenter", [
            "nsenter", "--target", pid, "--mount", "--pid", "--ipc", "--uts", "--root",
            "--wd", "setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups",
            "--no-new-privs", "--", *words], environment)


def main():
    work, verb, *words = sys.argv[1:]
    if verb == "exec":
        name, pid, *words = words
        Service(work, name).execute(pid, words)
    Service(work, verb).run(words)


main()
