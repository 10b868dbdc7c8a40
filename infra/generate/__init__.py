"""Commands that generate files from the code: OpenAPI, its examples, costs, holidays."""
