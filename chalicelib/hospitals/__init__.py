"""The register of hospitals (manual 1.2)."""
