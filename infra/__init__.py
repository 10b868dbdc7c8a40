"""Everything around the app: AWS deployment, operators' commands, the local stack, benchmarks, generated files."""
