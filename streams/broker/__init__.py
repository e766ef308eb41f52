"""What we ask of Kafka's brokers ourselves, with kafka-python: topics, lag, and publishing from the inbox."""
