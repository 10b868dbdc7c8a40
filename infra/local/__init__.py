"""The whole centre on one machine, with no AWS account: `make run`."""
