"""Five months of invented news, played to the real local run and to the real Kafka run, and compared."""
