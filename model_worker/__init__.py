"""Serves models: demo models, providers, engines; registers with the controller and beats."""
