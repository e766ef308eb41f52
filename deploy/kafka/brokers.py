"""Starts and stops Apache Kafka (KRaft) on this host's loopback: one broker or three, for tests and for a first try.

    python deploy/kafka/brokers.py start DIR [--brokers 3] [--tls CERT.pem --user NAME:PASSWORD] [--attend]
    python deploy/kafka/brokers.py stop DIR [--node 2] [--kill]
    python deploy/kafka/brokers.py fetch

`start` lays DIR out at its first call (free ports, one folder a node, formatted once), starts what does not run, returns when
every node answers and knows the others, and prints the bootstrap servers. `stop` keeps the data. Needs Java 17; `fetch`, which
`start` calls, has Maven copy the jars of pom.xml beside this file. Standard library alone, so that any Python runs it.
"""

import argparse
import contextlib
import fcntl
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
LIB = HERE / "lib"
READY_S = 90.0  # a bound for a loaded machine; an idle one takes 3 s
STOP_S = 30.0
# One core's worth of compiler and collector: a broker that starts fast beats one that runs fast here.
JAVA = ("java", "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")

PROPERTIES = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
listeners={listeners}
advertised.listeners={advertised}
listener.security.protocol.map=INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT,OUTSIDE:SASL_SSL,LOGIN:SASL_PLAINTEXT,MUTUAL:SSL
inter.broker.listener.name=INSIDE
controller.listener.names=CONTROLLER
log.dirs={data}
auto.create.topics.enable=false
num.partitions=4
default.replication.factor={copies}
min.insync.replicas={enough}
offsets.topic.num.partitions=4
offsets.topic.replication.factor={copies}
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={enough}
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={enough}
# the defaults are made for data centres: 3 s of waiting for a group's first members, no session under 6 s, 128 MB for the cleaner
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=8388608
num.network.threads=2
num.io.threads=2
background.threads=2
"""
# the three ways in beside the plain one: a login over TLS, a login without it, and certificates shown on both sides
SECURE = ("outside", "login", "mutual")
LOGIN = """\
listener.name.{listener}.sasl.enabled.mechanisms=SCRAM-SHA-256,SCRAM-SHA-512,PLAIN
listener.name.{listener}.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required user_{name}="{password}";
"""
TLS = """\
listener.name.{listener}.ssl.keystore.type=PEM
listener.name.{listener}.ssl.keystore.location={certificate}
"""
MUTUAL = """\
listener.name.mutual.ssl.client.auth=required
listener.name.mutual.ssl.truststore.type=PEM
listener.name.mutual.ssl.truststore.location={certificate}
"""


class Refused(Exception):
    """Something is missing or does not start; the text says what to do."""


def main() -> int:
    """The exit code: 0 done, 2 usage, 3 something is missing or did not start."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    start_ = commands.add_parser("start", help="lay out, format, start, wait; prints the bootstrap servers")
    start_.add_argument("folder", type=Path)
    start_.add_argument("--brokers", type=int, choices=(1, 3), default=1, help="heard at the first start of a folder")
    start_.add_argument(
        "--tls", type=Path, metavar="CERT.pem", help="key and certificate of listeners for SASL_SSL, SASL_PLAINTEXT and SSL"
    )
    start_.add_argument(
        "--user", metavar="NAME:PASSWORD", help="who may come in by SCRAM or PLAIN; with SSL, who shows that certificate"
    )
    start_.add_argument("--node", type=int, help="start this one alone, and wait for no other")
    start_.add_argument("--attend", action="store_true", help="stay, and kill them when standard input ends")
    stop_ = commands.add_parser("stop", help="all nodes, or one; the data stays")
    stop_.add_argument("folder", type=Path)
    stop_.add_argument("--node", type=int)
    stop_.add_argument("--kill", action="store_true", help="SIGKILL instead of a controlled shutdown")
    commands.add_parser("fetch", help="the jars, when they are not there")
    given = parser.parse_args()
    try:
        if given.command == "fetch":
            fetch()
        elif given.command == "start":
            if (given.tls is None) != (given.user is None):
                parser.error("--tls and --user go together")
            print(start(given.folder, given.brokers, given.tls, given.user, node=given.node), flush=True)
            if given.attend:
                sys.stdin.read()
                stop(given.folder, kill=True)
        else:
            stop(given.folder, given.node, kill=given.kill)
    except Refused as no:
        print(f"brokers: {no}", file=sys.stderr)
        return 3
    return 0


def start(folder: Path, brokers: int = 1, tls: Path | None = None, user: str | None = None, *, node: int | None = None) -> str:
    """The bootstrap servers, once all nodes of the folder (or that one) answer."""
    folder = folder.resolve()
    fetch()
    if not (folder / "cluster.json").exists():
        lay_out(folder, brokers, tls, user)
    laid = json.loads((folder / "cluster.json").read_text(encoding="utf-8"))
    nodes = {int(name): ports for name, ports in laid["nodes"].items() if node in (None, int(name))}
    if not nodes:
        raise Refused(f"no node {node} in {folder}; there are {', '.join(laid['nodes'])}")
    for number in nodes:
        if not running(folder, number):
            _run(folder / str(number))
    end = time.monotonic() + READY_S
    for number, ports in nodes.items():
        wanted = len(laid["nodes"]) if node is None else 1
        while len(known_brokers(ports["inside"])) < wanted:
            if not running(folder, number):
                raise Refused(f"node {number} ended; {_last_words(folder / str(number) / 'log')}")
            if time.monotonic() > end:
                raise Refused(f"node {number} did not answer within {READY_S:.0f} s; {_last_words(folder / str(number) / 'log')}")
            time.sleep(0.1)
    return ",".join(f"127.0.0.1:{ports['outside' if laid['secure'] else 'inside']}" for ports in laid["nodes"].values())


def stop(folder: Path, node: int | None = None, *, kill: bool = False) -> None:
    """Returns when they are gone."""
    laid = json.loads((folder / "cluster.json").read_text(encoding="utf-8"))
    asked = [int(name) for name in laid["nodes"] if node in (None, int(name))]
    for number in asked:
        if pid := running(folder, number):
            os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
    end = time.monotonic() + STOP_S
    for number in asked:
        while pid := running(folder, number):
            if time.monotonic() > end:  # a controlled shutdown waits for a controller that may be gone
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        (folder / str(number) / "pid").unlink(missing_ok=True)


def fetch() -> None:
    """The jars of pom.xml into `lib`, when they are not there."""
    if shutil.which("java") is None:
        raise Refused("no java; install Java 17 or newer (Debian: openjdk-17-jre-headless or default-jre-headless)")
    with (HERE / "fetch.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)  # of two tests that need a broker, one fetches
        stamp = LIB / "complete"
        if stamp.exists() and stamp.stat().st_mtime >= (HERE / "pom.xml").stat().st_mtime:
            return
        if shutil.which("mvn") is None:
            raise Refused("no Kafka jars and no mvn to fetch them; install Maven (Debian: maven)")
        shutil.rmtree(LIB, ignore_errors=True)
        asked = ("mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={LIB}")
        done = subprocess.run(asked, cwd=HERE, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"mvn could not fetch the Kafka jars: {(done.stdout + done.stderr).strip()[-800:]}")
        stamp.touch()


def lay_out(folder: Path, brokers: int, tls: Path | None, user: str | None) -> None:
    """Ports, settings and formatted data of each node; `cluster.json` is written last."""
    listeners = ("inside", "controller", *SECURE)
    ports = iter(free_ports(len(listeners) * brokers))
    nodes = {n + 1: {listener: next(ports) for listener in listeners} for n in range(brokers)}
    voters = ",".join(f"{n}@127.0.0.1:{of['controller']}" for n, of in nodes.items())
    name, _, password = (user or ":").partition(":")
    for number, of in nodes.items():
        home = folder / str(number)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        open_to = ["inside", *SECURE] if tls else ["inside"]
        text = PROPERTIES.format(
            node=number,
            voters=voters,
            listeners=_addresses([*open_to, "controller"], of),
            advertised=_addresses(open_to, of),
            data=home / "data",
            copies=brokers,
            enough=min(2, brokers),
        )
        if tls:
            text += "".join(LOGIN.format(listener=one, name=name, password=password) for one in ("outside", "login"))
            text += "".join(TLS.format(listener=one, certificate=tls.resolve()) for one in ("outside", "mutual"))
            text += MUTUAL.format(certificate=tls.resolve())
        (home / "server.properties").write_text(text, encoding="utf-8")
        (home / "server.properties").chmod(0o600)
    identity = _storage("random-uuid").strip().splitlines()[-1]
    scram = [f"{kind}=[name={name},password={password}]" for kind in ("SCRAM-SHA-256", "SCRAM-SHA-512")] if user else []
    users = [word for one in scram for word in ("--add-scram", one)]
    for number in nodes:
        _storage("format", "-t", identity, "-c", str(folder / str(number) / "server.properties"), *users)
    laid = {"secure": bool(tls), "nodes": nodes}
    (folder / "cluster.json").write_text(json.dumps(laid), encoding="utf-8")


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, from below those the system gives to outgoing connections: a client that tries and tries to
    reach a stopped broker would otherwise be given that very port as its own, and keep the broker from coming back."""
    found: list[int] = []
    chance = random.SystemRandom()
    while len(found) < count:
        port = chance.randrange(15_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in found:
                found.append(port)
    return found


def running(folder: Path, node: int) -> int | None:
    """The process of that node, None when there is none (the dead that nobody has buried do not count)."""
    try:
        pid = int((folder / str(node) / "pid").read_text())
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()  # empty for a moment while it begins
    except (OSError, ValueError):
        return None
    ours = not command or str(folder.resolve() / str(node)).encode() in command
    return pid if ours and state not in "ZX" else None


def known_brokers(port: int) -> list[int]:
    """Ids of the brokers that the one on this port names in a metadata answer; none while it does not answer."""
    asked = struct.pack(">hhih", 3, 1, 7, -1) + struct.pack(">i", 0)  # Metadata v1, correlation 7, no client id, no topics
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5.0) as line:
            line.sendall(struct.pack(">i", len(asked)) + asked)
            answer = _exactly(line, struct.unpack(">i", _exactly(line, 4))[0])
    except OSError:
        return []
    found, at = [], 8
    for _ in range(struct.unpack_from(">i", answer, 4)[0]):  # id, host, port, rack
        found.append(struct.unpack_from(">i", answer, at)[0])
        at += 4 + 2 + struct.unpack_from(">h", answer, at + 4)[0] + 4
        at += 2 + max(0, struct.unpack_from(">h", answer, at)[0])
    return found


def _exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = line.recv(count - len(got))
        if not more:
            raise ConnectionError("closed")
        got += more
    return got


def _addresses(names: Iterable[str], ports: dict[str, int]) -> str:
    return ",".join(f"{name.upper()}://127.0.0.1:{ports[name]}" for name in names)


def _last_words(log: Path) -> str:
    return f"{log} ends with: {log.read_text(errors='replace')[-500:].strip()}"


def _storage(*words: str) -> str:
    asked = (*JAVA, *LOGGING, "-cp", f"{LIB}/*", "kafka.tools.StorageTool", *words)
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"StorageTool {words[0]}: {(done.stdout + done.stderr).strip()[-800:]}")
    return done.stdout


def _run(home: Path) -> None:
    asked = (*JAVA, *LOGGING, "-cp", f"{LIB}/*", "kafka.Kafka", str(home / "server.properties"))
    with (home / "log").open("ab") as log:
        made = subprocess.Popen(asked, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=home)
    (home / "pid").write_text(str(made.pid))


if __name__ == "__main__":
    sys.exit(main())
