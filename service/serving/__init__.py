"""One process that serves: application, probes, telemetry, scheduler."""
