"""Deployment to AWS: resources, template, package, deployment, and its rehearsal on one machine."""
