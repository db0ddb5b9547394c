"""One verb, one file, one function: what the notifier does, said without Mongo, RabbitMQ or SMTP."""
