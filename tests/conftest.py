"""What holds for all tests: how long a machine takes says nothing of a property, since a busy one is slow."""

from hypothesis import HealthCheck, settings

settings.register_profile("payoff", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("payoff")
