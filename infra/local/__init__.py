"""The whole system on one machine, without an AWS account: `make run`."""
