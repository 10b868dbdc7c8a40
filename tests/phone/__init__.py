"""The phone page's back end over HTTP: what the Mor Prom app would do (docs/app-guide.md)."""
