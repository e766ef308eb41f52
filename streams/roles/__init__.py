"""The processes of the Kafka run: plain functions of raw records, which `streams.app` wires to topics."""
