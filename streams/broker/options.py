"""How the settings' brokers are reached: what kafka-python is told, and the TLS context it shares with Faust's client."""

import ssl
from typing import Any

from streams.errors import UsageError
from streams.settings.model import Kafka


def client(kafka: Kafka) -> dict[str, Any]:
    """Keywords that producer, consumer and admin client of kafka-python all take; holds the password, so it is never logged."""
    made: dict[str, Any] = {"bootstrap_servers": list(kafka.brokers), "security_protocol": kafka.security}
    if kafka.tls:
        made["ssl_context"] = tls(kafka)
    if kafka.sasl:
        assert kafka.password is not None  # the settings' reader saw to it
        made |= {"sasl_mechanism": kafka.mechanism, "sasl_plain_username": kafka.user}
        made["sasl_plain_password"] = kafka.password.reveal()
    return made


def tls(kafka: Kafka) -> ssl.SSLContext:
    """What is trusted and shown; raises UsageError when a file holds something else than PEM."""
    try:
        context = ssl.create_default_context(cafile=kafka.ca)
    except (ssl.SSLError, OSError) as fault:
        raise UsageError(f'kafka: "ca": {kafka.ca} holds no certificates in PEM form ({_reason(fault)})') from fault
    if kafka.certificate and kafka.key:
        try:
            context.load_cert_chain(kafka.certificate, kafka.key)
        except (ssl.SSLError, OSError) as fault:
            what = f"{kafka.certificate} and {kafka.key} are no pair of certificate and unencrypted key in PEM form"
            raise UsageError(f'kafka: "certificate": {what} ({_reason(fault)})') from fault
    return context


def _reason(fault: OSError) -> str:
    return getattr(fault, "reason", None) or fault.strerror or str(fault)
