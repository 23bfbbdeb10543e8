"""The workers, and who gets their slots: the shell around the rules of `controller.routing`."""
