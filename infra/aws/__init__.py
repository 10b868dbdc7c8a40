"""What is deployed: resources, template, package, deployment and its rehearsal."""
