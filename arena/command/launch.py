"""What the `arena` command hands to every subcommand."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from arena.command import config_file, keys, listening, logs
from arena.command.observing import observed
from arena.errors import SetupError
from arena.settings import ArenaFile, AsgiApp, TelemetrySection


class Launcher:
    """Satisfies `arena.settings.Launch`. Remembers which secrets are placeholders, and serves no one else with them."""

    def __init__(self, process: str = "arena") -> None:
        self._process = process
        self._telemetry = TelemetrySection.model_construct()  # what main() has set up, until arena.toml is read
        self._file: Path | None = None
        self._has_read = False
        self._placeholders: set[str] = set()

    def read_config(self, path: Path | None) -> ArenaFile:
        """Read and check `arena.toml`; without a path `./arena.toml` if present, else the demo models.

        A file that was read once has to be there again: while an editor replaces it nobody wants the demo models.
        """
        self._file = config_file.config_file(path or self._file)
        file = config_file.read_config(self._file)
        if not self._has_read:  # later changes of these wait for a restart
            if file.telemetry.log_format != self._telemetry.log_format:
                logs.set_up(file.telemetry.log_format, self._process)
            self._telemetry, self._has_read = file.telemetry, True
        return file

    def data_key(self, data: Path, name: str) -> SecretStr:
        """Return the key `name`, from `ARENA_<NAME>_KEY` or `DATA/keys/<name>.key`, made when missing."""
        key = keys.data_key(data, name)
        if keys.is_placeholder(key):
            self._placeholders.add(f"the {name} key (ARENA_{name.upper()}_KEY or {data}/keys/{name}.key)")
        return key

    def period_key(self, data: Path, name: str, period: str) -> SecretStr:
        """Return a key of one period, from `ARENA_<NAME>_KEY` or `DATA/keys/<name>-<period>.key`, made when missing."""
        key = keys.period_key(data, name, period)
        if keys.is_placeholder(key):
            self._placeholders.add(f"the {name} key (ARENA_{name.upper()}_KEY or {data}/keys/{name}-{period}.key)")
        return key

    def api_key(self, variable: str) -> SecretStr:
        """Return a vendor's key from the environment. It may be short: local servers accept any."""
        key = SecretStr(os.environ.get(variable, "").strip())
        if not key.get_secret_value():
            raise SetupError(f"the environment variable {variable} is not set: it has to hold the API key")
        if keys.is_placeholder(key, shortest=1):
            self._placeholders.add(variable)
        return key

    def refuse_placeholders(self, host: str) -> None:
        """Refuse to be reached from other machines while a secret is one that anybody can guess."""
        if self._placeholders and not keys.is_loopback(host):
            first = min(self._placeholders)
            raise SetupError(f"{first} is a placeholder: set a real one before listening beyond loopback ({host})")

    def listen(self, host: str, port: int) -> socket.socket:
        """Bind and listen; port 0 takes a free one. A port in use is a `SetupError`."""
        return listening.listen(host, port)

    def serve(
        self,
        app: AsgiApp,
        listener: socket.socket,
        *,
        on_stop: Callable[[], None] | None = None,
        on_reload: Callable[[], None] | None = None,
        drain_seconds: float = listening.DRAIN_SECONDS,
    ) -> None:
        """Serve until SIGTERM or SIGINT. `on_stop` is called first then; open requests get so many seconds to end.

        `on_reload` is called on SIGHUP, unless that says that our terminal is gone: then it is like SIGTERM.
        """
        self.refuse_placeholders(listener.getsockname()[0])
        with observed(app, self._telemetry, self._process) as watched:
            listening.serve(watched, listener, on_stop, on_reload=on_reload, drain_seconds=drain_seconds)
