"""Files made from the code: OpenAPI, recorded examples, costs, holidays."""
