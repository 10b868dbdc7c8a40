"""What AWS refuses or does, and the embedded engine does not: rules that AWS documents, held on the template.

Each test names the rule and the page of AWS's documentation that states it.
"""
