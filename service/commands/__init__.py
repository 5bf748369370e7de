"""The commands, one module per subject; importing this package registers them with `service.cli.app`."""

from service.commands import collecting, figures, looking, serving

__all__ = ["collecting", "figures", "looking", "serving"]
