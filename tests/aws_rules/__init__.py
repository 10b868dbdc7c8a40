"""Rules of AWS that the embedded engine does not apply, checked on the template.

Each test names the rule and the page of AWS's documentation that states it.
"""
