"""A server that looks like `vllm serve` from outside: the same flags, addresses, metrics and two processes.

A program of its own, with nothing but the standard library, so that it starts at once. It answers every chat with the
words that the question has after `repeat `, and obeys `POST /fake/...`. Flags of its own: `--fake-wait-for FILE` (it is
not well before that file exists), `--fake-code CODE` (it ends at once with that code).
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CORE = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(3600)"


class Fake:
    """What all requests share."""

    def __init__(self, told: argparse.Namespace) -> None:
        self.told = told
        self.key = os.environ.get("VLLM_API_KEY", "")
        self.is_ill = False
        self.waiting = 0
        self.running = 0
        self.lock = threading.Lock()
        self.core = subprocess.Popen([sys.executable, "-S", "-c", CORE])

    def is_well(self) -> bool:
        wait_for: Path | None = self.told.fake_wait_for
        return not self.is_ill and (wait_for is None or wait_for.exists())

    def count(self, change: int) -> None:
        with self.lock:
            self.running += change


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing."""

    def do_GET(self) -> None:
        fake = self.fake
        if self.path == "/health":
            self.reply(200 if fake.is_well() else 503)
        elif self.path == "/metrics":
            label = f'{{engine="0",model_name="{fake.told.served_model_name}"}}'
            self.reply(
                200,
                f"vllm:num_requests_running{label} {float(fake.running)}\n"
                f"vllm:num_requests_waiting{label} {float(fake.waiting)}\n"
                f"vllm:kv_cache_usage_perc{label} 0.25\n",
            )
        elif self.path == "/fake/processes":
            self.reply(200, json.dumps({"server": os.getpid(), "core": fake.core.pid, "arguments": sys.argv[1:]}))
        else:
            self.reply(404)

    def do_POST(self) -> None:
        fake = self.fake
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", "0"))) or b"{}")
        match self.path:
            case "/fake/ill":
                fake.is_ill = True
                self.reply(200)
            case "/fake/waiting":
                fake.waiting = body["waiting"]
                self.reply(200)
            case "/fake/end":
                os._exit(body["code"])
            case "/v1/chat/completions":
                self.chat(body)
            case _:
                self.reply(404)

    def chat(self, body: dict[str, Any]) -> None:
        fake = self.fake
        if self.headers.get("authorization") != f"Bearer {fake.key}":
            self.reply(401, '{"error": {"message": "Unauthorized"}}')
        elif body["model"] != fake.told.served_model_name:
            self.reply(404, '{"error": {"message": "no such model"}}')
        else:
            fake.count(1)
            try:
                self.stream(str(body["messages"][-1]["content"]).removeprefix("repeat ").split())
            except OSError:
                pass  # whoever asked has left: that ends it, as in vLLM
            finally:
                fake.count(-1)

    def stream(self, words: list[str]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for word in words:
            self.event({"choices": [{"index": 0, "delta": {"content": word + " "}}]})
            time.sleep(self.fake.told.fake_word_seconds)
        self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.event({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": len(words)}})
        self.wfile.write(b"data: [DONE]\n\n")

    def event(self, chunk: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def reply(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    parser = argparse.ArgumentParser(prog="vllm")
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("model")
    parser.add_argument("--served-model-name")
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--max-num-seqs", type=int)
    parser.add_argument("--disable-uvicorn-access-log", action="store_true")
    parser.add_argument("--fake-wait-for", type=Path)
    parser.add_argument("--fake-word-seconds", type=float, default=0.01)
    parser.add_argument("--fake-code", type=int)
    told = parser.parse_args()
    print("loading weights", flush=True)
    if told.fake_code is not None:
        print("no such weights", flush=True)
        sys.exit(told.fake_code)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    Handler.fake = Fake(told)
    Server((told.host, told.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
