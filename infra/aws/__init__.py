"""Deployment to AWS: resources, template, package, deployment and rehearsal.

The rehearsal runs on one machine.
"""
