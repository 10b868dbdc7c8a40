"""Commands that generate files: OpenAPI, its examples, costs, holidays."""
