"""Why the brokers cannot be used, in words that say what to do: one connection, step by step, TCP, TLS, SASL.

kafka-python says "unable to bootstrap" after its whole time-out, whatever the reason (3.0.12): a wrong password, a certificate that
nobody vouches for, a port that speaks something else. Asked before a role begins, and when kafka-python has given up.
"""

import socket
import ssl
import struct
from contextlib import closing

from kafka.errors import KafkaError
from kafka.net.sasl import get_sasl_mechanism

from streams.broker import options
from streams.errors import UsageError
from streams.settings.model import Kafka

_STEP_S = 5.0
_HANDSHAKE, _VERSIONS, _AUTHENTICATE = 17, 18, 36  # kafka.apache.org/protocol: SaslHandshake, ApiVersions, SaslAuthenticate
_UNSUPPORTED = 33  # UNSUPPORTED_SASL_MECHANISM
_LONGEST = 100_000  # bytes of an answer; anything longer is no answer of Kafka's


def look(kafka: Kafka) -> None:
    """Returns when the first broker that answers takes us, or none answers at all: that is found out by whoever has more patience.

    Raises UsageError when the settings are surely wrong.
    """
    for broker in kafka.brokers:
        try:
            _refusal(kafka, broker)
        except UsageError:
            raise
        except _Odd:
            return
        except OSError:
            continue
        return


def why(kafka: Kafka) -> str:
    """What is wrong with the first broker that answers, or that none does; "" when nothing is."""
    silent = []
    for broker in kafka.brokers:
        try:
            _refusal(kafka, broker)
        except (UsageError, _Odd) as found:
            return str(found)
        except OSError as fault:
            silent.append(f"{broker} ({_reason(fault)})")
            continue
        return ""
    return f"no broker answers: {', '.join(silent)}; check that they run and are reachable"


class _Odd(Exception):
    """A broker answers, and not as it should; it may be starting or stopping."""


def _refusal(kafka: Kafka, broker: str) -> None:
    """Returns when the broker takes us; raises UsageError or _Odd when it does not, OSError when it cannot be reached."""
    host, _, port = broker.rpartition(":")
    try:
        plain = socket.create_connection((host.strip("[]"), int(port)), _STEP_S)
    except ValueError:
        raise UsageError(f'kafka: "{broker}" is no broker; write it like "kafka1:9092"') from None
    with closing(plain):
        line = _encrypted(kafka, host.strip("[]"), broker, plain) if kafka.tls else plain
        try:
            _login(kafka, broker, line) if kafka.sasl else _ask(line, _VERSIONS, 0, b"")
        except (OSError, struct.error) as fault:
            _certified(broker, fault)
            raise _Odd(f'kafka: {broker} ends the connection ({_reason(fault)}); check "security" and the port') from fault
        finally:
            line.close()


def _encrypted(kafka: Kafka, host: str, broker: str, line: socket.socket) -> ssl.SSLSocket:
    context = options.tls(kafka)
    try:
        return context.wrap_socket(line, server_hostname=host)
    except ssl.SSLCertVerificationError as fault:
        advice = 'set "ca" to the PEM file of the authority that vouches for it, and write brokers by the names that stand in it'
        raise UsageError(f"kafka: the certificate of {broker} is not trusted ({fault.verify_message}); {advice}") from fault
    except OSError as fault:
        _certified(broker, fault)
        words = f'kafka: {broker} speaks no TLS with us ({_reason(fault)}); check "security", "certificate" and the port'
        raise _Odd(words) from fault


def _certified(broker: str, fault: Exception) -> None:
    """Returns when the fault is none of our own certificate; TLS 1.3 tells of it only once both sides have begun to speak."""
    reason = str(getattr(fault, "reason", "") or "")
    if isinstance(fault, ssl.SSLError) and "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason):
        advice = 'set "certificate" and "key" to a pair that its authorities vouch for'
        raise UsageError(f"kafka: {broker} asks for a certificate of ours that it trusts ({reason}); {advice}") from fault


def _login(kafka: Kafka, broker: str, line: socket.socket) -> None:
    answer = _ask(line, _HANDSHAKE, 1, _text(kafka.mechanism.encode()))
    if struct.unpack_from(">h", answer)[0] == _UNSUPPORTED:
        wish = f'set "mechanism" to one that it takes: {", ".join(_names(answer))}'
        raise UsageError(f"kafka: {broker} does not take the mechanism {kafka.mechanism}; {wish}")
    mechanism = get_sasl_mechanism(kafka.mechanism)(**options.client(kafka) | {"sasl_mechanism": kafka.mechanism})
    while not mechanism.is_done():
        token = mechanism.auth_bytes()
        answer = _ask(line, _AUTHENTICATE, 0, struct.pack(">i", len(token)) + token)
        code, length = struct.unpack_from(">hh", answer)
        if code:
            raise UsageError(
                f'kafka: {broker} refuses the user "{kafka.user}" or the password; correct "user", "password" or "mechanism"'
            )
        at = 4 + max(0, length)
        try:
            mechanism.receive(answer[at + 4 : at + 4 + struct.unpack_from(">i", answer, at)[0]])
        except (KafkaError, ValueError) as fault:
            raise _Odd(f"kafka: {broker} does not prove that it knows the password ({fault})") from fault


def _names(answer: bytes) -> list[str]:
    """The mechanisms that an answer to SaslHandshake names."""
    found, at = [], 6
    for _ in range(struct.unpack_from(">i", answer, 2)[0]):
        length = struct.unpack_from(">h", answer, at)[0]
        found.append(answer[at + 2 : at + 2 + length].decode(errors="replace"))
        at += 2 + length
    return found


def _ask(line: socket.socket, api: int, version: int, body: bytes) -> bytes:
    """The body of the answer; raises OSError when there is none."""
    request = struct.pack(">hhi", api, version, 1) + _text(b"tocsin") + body
    line.settimeout(_STEP_S)
    line.sendall(struct.pack(">i", len(request)) + request)
    length = struct.unpack(">i", _exactly(line, 4))[0]
    if not 4 <= length <= _LONGEST:
        raise ConnectionError("it answers in another protocol")
    return _exactly(line, length)[4:]


def _exactly(line: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        more = line.recv(count - len(got))
        if not more:
            raise ConnectionError("closed without an answer")
        got += more
    return got


def _text(value: bytes) -> bytes:
    return struct.pack(">h", len(value)) + value


def _reason(fault: Exception) -> str:
    return getattr(fault, "reason", None) or getattr(fault, "strerror", None) or str(fault)
