"""Prefect flows and deployments over the plain functions of `pipeline`."""
