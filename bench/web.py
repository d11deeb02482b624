# SPDX-License-Identifier: ISC
"""web: part one. Every receiver behind the same nginx, with 1 to 128 clients of
wrk, beside the bare disk loop; and ours with other numbers of workers, on disks
whose flush takes longer."""
import contextlib
import os
import socket
import subprocess

from rig import (SECRET, bare, cpu_us, free_port, median, run, say, stop,
                 wait_listening)

CLIENTS = (1, 8, 32, 128)
WORKERS = (1, 4, 16, 32, 64)
SECONDS_MOST = 10  # for an answer from a slow peer
RECORD = 3292  # bytes of the record of one alert of load.lua

NGINX = """daemon off;
pid {work}/nginx.pid;
error_log {work}/nginx.error emerg;
worker_processes auto;
{user}
events {{ worker_connections 1024; }}
http {{
	access_log off;
	client_body_temp_path {work}/t1; proxy_temp_path {work}/t2;
	fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
	client_body_buffer_size 512k;
	keepalive_requests 1000000;
	server {{
		listen 127.0.0.1:{port};
		location / {{ return 200 "{{}}"; }}
{locations}	}}
}}
"""

FASTCGI = """		location /{name} {{
			fastcgi_pass unix:{address};
			fastcgi_param GATEWAY_INTERFACE CGI/1.1;
			fastcgi_param REQUEST_METHOD $request_method;
			fastcgi_param SCRIPT_NAME /{name};
			fastcgi_param SCRIPT_FILENAME {script};
			fastcgi_param QUERY_STRING $query_string;
			fastcgi_param CONTENT_TYPE $content_type;
			fastcgi_param CONTENT_LENGTH $content_length;
			fastcgi_param REMOTE_ADDR $remote_addr;
			fastcgi_param SERVER_NAME $server_name;
			fastcgi_param SERVER_PORT $server_port;
			fastcgi_param SERVER_PROTOCOL $server_protocol;
			fastcgi_param HTTP_PROXY "";
		}}
"""

PROXY = """		location /{name} {{ proxy_pass http://{address}; }}
"""

APACHE = """ServerRoot {work}
PidFile {work}/apache.pid
ErrorLog {work}/apache.error
Listen 127.0.0.1:{port}
{user}
DefaultRuntimeDir {work}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule env_module {modules}/mod_env.so
LoadModule cgid_module {modules}/mod_cgid.so
ScriptSock {work}/cgisock
StartServers 8
MaxKeepAliveRequests 0
SetEnv ALERTSPOOL_CONF {home}/alertspool.conf
ScriptAlias /cgi {program}
<Location /cgi>
	Require all granted
</Location>
"""


class Load:
    """wrk, whose runs never send an alert twice."""

    def __init__(self, rig):
        self.rig = rig
        self.runs = 0

    def __call__(self, url, clients, seconds, processes):
        """One run: {"rate", "p50_ms", "p99_ms", "cpu_us", "broken"}, the last of
        connections; an answer other than 2xx is a failure of ours. Longer if a slow
        peer has not answered anybody in that time."""
        self.runs += 1
        environment = {**os.environ, "BENCH_SECRET": SECRET, "BENCH_RUN": str(self.runs),
                       "BENCH_BODY": self.rig.file("alert.json")}
        before = cpu_us(processes)
        out = subprocess.run(
            ["wrk", f"-t{min(2, clients)}", f"-c{clients}", f"-d{seconds}s",
             "--timeout", "20s", "-s", self.rig.file("load.lua"), url],
            env=environment, capture_output=True, text=True, check=True).stdout
        spent = cpu_us(processes) - before
        words = [line for line in out.splitlines() if line.startswith("result")]
        requests, refused, broken, took, p50, p99 = map(int, words[0].split()[1:])
        if not requests and not refused and seconds < SECONDS_MOST:
            return self(url, clients, seconds * 4, processes)
        if refused or not requests:
            raise RuntimeError(f"{url}: {refused} of {requests} were refused\n{out}")
        return {"rate": requests * 1e6 / took, "p50_ms": p50 / 1e3, "p99_ms": p99 / 1e3,
                "cpu_us": spent / requests, "broken": broken}


def start_nginx(rig, locations):
    port = free_port()
    text = NGINX.format(work=rig.work, port=port, locations="".join(locations),
                        user="user root;" if rig.root else "")
    path = rig.write(f"nginx.{port}.conf", text)
    process = rig.start(["nginx", "-c", path, "-e", rig.work + "/nginx.error"])
    wait_listening(port, process)
    return process, f"http://127.0.0.1:{port}/"


def start_fastcgi(rig, name, arguments, **environment):
    """A FastCGI program that wants its socket as descriptor 0."""
    path = os.path.join(rig.work, name + ".socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1024)
        return rig.start(arguments, stdin=listener.fileno(), **environment), path


def start_apache(rig):
    home = rig.installation("cgi", owner="www-data" if rig.root else None)
    program = os.path.join(home, "alertspool.cgi")
    run(["cp", rig.program("alertspool.fcgi"), program])
    os.chmod(home, 0o755)
    port = free_port()
    path = rig.write("apache.conf", APACHE.format(
        work=rig.work, port=port, home=home, program=program,
        modules="/usr/lib/apache2/modules",
        user="User www-data\nGroup www-data" if rig.root else ""))
    process = rig.start(["apache2", "-f", path, "-DFOREGROUND"])
    wait_listening(port, process)
    return process, f"http://127.0.0.1:{port}/cgi"


def start_peers(rig):
    """{name: (process or None, path or whole URL)} and nginx's locations."""
    locations, peers = [], {"a nginx alone": (None, "")}

    def fastcgi(title, name, process, address, script="-"):
        locations.append(FASTCGI.format(name=name, address=address, script=script))
        peers[title] = (process, name)

    def proxy(title, name, process, address):
        locations.append(PROXY.format(name=name, address=address))
        peers[title] = (process, name)

    fastcgi("b empty libfcgi", "b",
            *start_fastcgi(rig, "empty", [rig.program("bench/empty"), "16"]))
    fastcgi("c alertspool", "c", *rig.responder(rig.installation("alertspool")))
    fastcgi("d alertspool, no fsync", "d", *rig.responder(
        rig.installation("nofsync"), "bench/alertspool-nofsync.fcgi"))

    port = free_port()
    with open(rig.file("peers/webhook.json"), encoding="ascii") as file:
        hooks = rig.write("webhook.json",
                          file.read().replace("STORE", rig.file("peers/store")))
    process = rig.start(["webhook", "-hooks", hooks, "-ip", "127.0.0.1", "-port",
                         str(port), "-urlprefix", "e"], BENCH_SPOOL=rig.directory("webhook"))
    wait_listening(port, process)
    proxy("e webhook", "e/atlas", process, f"127.0.0.1:{port}")

    fastcgi("f fcgiwrap", "f", *start_fastcgi(
        rig, "fcgiwrap", ["fcgiwrap", "-c", "16"], BENCH_SECRET=SECRET,
        BENCH_SPOOL=rig.directory("fcgiwrap")), script=rig.file("peers/store.cgi"))

    path = os.path.join(rig.work, "gunicorn.socket")
    process = rig.start(["gunicorn", "-w", "16", "-b", "unix:" + path, "flask_app:app",
                         "--chdir", rig.file("peers")], BENCH_SECRET=SECRET,
                        BENCH_SPOOL=rig.directory("flask"), PYTHONDONTWRITEBYTECODE="1")
    wait_listening(path, process)
    proxy("g Flask, gunicorn", "atlas", process, f"unix:{path}:")

    path = os.path.join(rig.work, "node.socket")
    process = rig.start(["node", rig.file("peers/server.js"), path], BENCH_SECRET=SECRET,
                        BENCH_SPOOL=rig.directory("node"), UV_THREADPOOL_SIZE="16")
    wait_listening(path, process)
    proxy("h Node http", "h", process, f"unix:{path}:")

    path = os.path.join(rig.work, "go.socket")
    process = rig.start([rig.program("bench/server"), path], BENCH_SECRET=SECRET,
                        BENCH_SPOOL=rig.directory("go"))
    wait_listening(path, process)
    proxy("i Go net/http", "i", process, f"unix:{path}:")
    return peers, locations


def measure_peers(rig, load):
    """{name: {clients: result}}"""
    peers, locations = start_peers(rig)
    nginx, base = start_nginx(rig, locations)
    targets = {name: (base + path, [nginx] + ([process] if process else []))
               for name, (process, path) in peers.items()}
    process, url = start_apache(rig)
    targets["j CGI, Apache"] = (url, [process])
    rounds, seconds = (1, 1) if rig.quick else (3, 1)
    found = {name: {clients: [] for clients in CLIENTS} for name in ["bare disk", *targets]}
    for turn in range(rounds):
        say(f"through nginx, round {turn + 1} of {rounds}")
        for clients in CLIENTS:
            found["bare disk"][clients].append(
                bare(rig, rig.work, clients, seconds, RECORD))
            for name, (url, processes) in targets.items():
                found[name][clients].append(load(url, clients, seconds, processes))
    for process in {process for _, processes in targets.values() for process in processes}:
        stop(process)
    return {name: {clients: median(results) for clients, results in rows.items()}
            for name, rows in found.items()}


@contextlib.contextmanager
def slow_disk(rig, flush_ms):
    """A mounted ext4 whose device takes so long to flush; its path."""
    image = f"/dev/shm/{os.path.basename(rig.work)}.{flush_ms}"
    fuse, mount = rig.directory("fuse"), rig.directory("slow")
    undo = contextlib.ExitStack()
    with undo:
        run(["truncate", "-s", "1G", image])
        undo.callback(os.unlink, image)
        disk = rig.start(
            [rig.program("tests/tools/disk"), image, str(flush_ms), "-", fuse, "-f"])
        undo.callback(stop, disk)
        undo.callback(run, ["umount", "-l", fuse])
        for _ in range(100):
            if os.path.exists(fuse + "/disk"):
                break
            run(["sleep", "0.05"])
        loop = run(["losetup", "-f", "--show", fuse + "/disk"]).strip()
        undo.callback(run, ["losetup", "-d", loop])
        run(["mkfs.ext4", "-q", loop])
        run(["mount", loop, mount])
        undo.callback(run, ["umount", mount])
        yield mount


def measure_workers(rig, load, where):
    """{workers: {"alertspool": result, "bare": result}} in this directory; of the
    usual number of workers the median of three."""
    found = {}
    for workers in WORKERS:
        rounds = 3 if workers == 16 and not rig.quick else 1
        seconds = 1 if rig.quick else 2
        home = rig.installation("workers", workers, where=where)
        process, path = rig.responder(home)
        nginx, base = start_nginx(
            rig, [FASTCGI.format(name="c", address=path, script="-")])
        ours, loop = [], []
        for _ in range(rounds):
            loop.append(bare(rig, where, workers, seconds, RECORD))
            ours.append(load(base + "c", 2 * workers, seconds, [nginx, process]))
        stop(nginx)
        stop(process)
        found[workers] = {"alertspool": median(ours), "bare": median(loop)}
    return found


def measure_disks(rig, load):
    """{flush in ms: what measure_workers() gives}; 0 is the real disk."""
    say("workers, on the real disk")
    found = {0: measure_workers(rig, load, rig.work)}
    if not rig.root or not os.path.exists("/dev/fuse"):
        say("slow disks need root, /dev/fuse and loop devices: left out")
        return found
    for flush_ms in (2, 10):
        say(f"workers, on a disk whose flush takes {flush_ms} ms")
        with slow_disk(rig, flush_ms) as where:
            found[flush_ms] = measure_workers(rig, load, where)
    return found
