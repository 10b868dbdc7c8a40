"""AWS deployment, operators' commands, local stack, benchmarks, generated files."""
