"""What the centre stands on: the resources template, demo data, one machine, packages and deployments."""
