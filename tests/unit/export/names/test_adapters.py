"""Other finders of names: a spaCy model made on the spot, a model that answers as GLiNER does, a scripted server."""

import importlib.util
import json
import logging
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import spacy
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from export.names.adapters import openai
from export.names.adapters.gliner import PIECE, Gliner, gliner_engine, pieces
from export.names.adapters.openai import ATTEMPTS, NamesNotFound, openai_engine
from export.names.engine import check_engines, name_engine
from tests.serving import serving


@pytest.fixture(scope="module")
def spacy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PERSON", "pattern": "Qwoxly"}, {"label": "ORG", "pattern": "Brimble"}])
    nlp.to_disk(folder)
    return folder


def found(engine: Any, *texts: str) -> list[list[str]]:
    spans = engine.find(texts)
    return [[text[each.start : each.end] for each in row] for text, row in zip(texts, spans, strict=True)]


def test_presidio_finds_the_persons_of_the_model_in_a_folder(spacy_folder: Path):
    engine = name_engine("none", [f"presidio:{spacy_folder}"])

    assert found(engine, "ask Qwoxly or Brimble", "nobody") == [["Qwoxly"], []]


def test_another_finder_adds_to_the_default(spacy_folder: Path):
    engine = name_engine("balanced", [f"presidio:{spacy_folder}"])

    assert found(engine, "My name is Robert Miller. Then Qwoxly came.") == [["Robert Miller", "Qwoxly"]]


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path: Path):
    with pytest.raises(ValueError, match=r"holds no spaCy model: a folder with meta\.json"):
        name_engine("recall", [f"presidio:{tmp_path}"])


@pytest.mark.parametrize("extra", ["stanza:folder", "presidio:", "openai:model"])
def test_an_unknown_finder_is_refused(extra: str):
    with pytest.raises(ValueError, match="openai:URL MODEL"):
        name_engine("recall", [extra])


class AnswersAsGliner:
    """Finds `Zork`, and a place, in the form of GLiNER's `predict_entities`."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def predict_entities(self, text: str, labels: list[str], *, threshold: float) -> Sequence[Mapping[str, Any]]:
        self.asked.append(text)
        assert labels == ["person"]
        assert 0 < threshold < 1
        at = text.find("Zork")
        person = {"start": at, "end": at + 4, "text": "Zork", "label": "person", "score": 0.9}
        return [*([person] if at >= 0 else []), {"start": 0, "end": 1, "text": "", "label": "place", "score": 0.8}]


def test_gliners_answers_become_spans_in_the_whole_text():
    model = AnswersAsGliner()
    text = "word " * 400 + "Zork went home"

    assert found(Gliner(model), text) == [["Zork"]]
    assert max(map(len, model.asked)) <= PIECE


def test_pieces_are_the_text():
    text = "ab " * 1000 + "c" * 3000

    assert "".join(piece for _, piece in pieces(text)) == text


@pytest.mark.skipif(importlib.util.find_spec("gliner") is not None, reason="gliner is installed")
def test_gliner_that_is_not_installed_is_said_in_one_line(tmp_path: Path):
    with pytest.raises(ValueError, match="pip install gliner"):
        gliner_engine(str(tmp_path))


def scripted(*answers: str | int) -> tuple[FastAPI, list[dict[str, Any]]]:
    """Make a server that gives these answers, one after the other, the last for ever; an int is an error's status."""
    app, asked = FastAPI(), list[dict[str, Any]]()

    @app.post("/v1/chat/completions")
    async def answer(request: Request) -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        asked.append(await request.json())
        said = answers[min(len(asked), len(answers)) - 1]
        if isinstance(said, int):
            return JSONResponse({"error": {"message": "no"}}, said, {"retry-after-ms": "1"})
        message = {"role": "assistant", "content": said}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        return JSONResponse({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})

    return app, asked


def test_a_language_model_is_asked_for_names_and_not_for_places():
    app, asked = scripted('{"names": [["Qwoxly", "Zork"], []]}')
    with serving(app) as url:
        engine = openai_engine(f"{url}/v1 tiny")
        spans = found(engine, "Qwoxly met qwoxly, not Qwoxlyan.", "nobody")

    assert spans == [["Qwoxly", "qwoxly"], []]
    assert json.loads(asked[0]["messages"][1]["content"]) == ["Qwoxly met qwoxly, not Qwoxlyan.", "nobody"]
    assert asked[0]["model"] == "tiny"


def test_an_answer_in_a_fence_is_read_and_a_wrong_one_asked_again():
    app, asked = scripted("Sure!", '{"names": []}', 500, '```json\n{"names": [["Zork"]]}\n```')
    with serving(app) as url:
        assert found(openai_engine(f"{url}/v1 tiny"), "Zork!") == [["Zork"]]
    assert len(asked) == 4


def test_what_no_model_looked_at_does_not_pass_for_clean():
    app, asked = scripted('{"names": "none"}')
    with serving(app) as url, pytest.raises(NamesNotFound, match="not the JSON"):
        openai_engine(f"{url}/v1 tiny").find(["Zork!"])
    assert len(asked) == ATTEMPTS


def test_many_texts_go_in_several_requests():
    app, asked = scripted('{"names": [["Zork"]]}')
    with serving(app) as url:
        texts = ["Zork " + "a" * 9_000, "Zork " + "b" * 9_000]
        assert found(openai_engine(f"{url}/v1 tiny"), *texts) == [["Zork"], ["Zork"]]
    assert len(asked) == 2


def test_a_server_that_is_not_there_is_told_before_anything_is_asked():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        with pytest.raises(ValueError, match=r"/v1 does not answer [(]ConnectError[)]"):
            check_engines([f"openai:http://127.0.0.1:{taken.getsockname()[1]}/v1 tiny"])


def test_a_server_that_says_nothing_is_told_too(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(openai, "CONNECTED_WITHIN", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(ValueError, match="does not answer"):
        check_engines([f"openai:http://127.0.0.1:{deaf.getsockname()[1]}/v1 tiny"])


@pytest.mark.parametrize("status", [200, 404])
def test_a_server_that_says_anything_is_there(status: int):
    with serving(_answers_models(status)) as url:
        check_engines([f"openai:{url}/v1 tiny"])


def test_a_key_that_a_server_refuses_is_told_before_anything_is_asked():
    with (
        serving(_answers_models(401)) as url,
        pytest.raises(ValueError, match="refuses the key in ARENA_NAMES_API_KEY"),
    ):
        check_engines([f"openai:{url}/v1 tiny"])


def _answers_models(status: int) -> FastAPI:
    app = FastAPI()

    @app.get("/v1/models")
    def models() -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        return JSONResponse({"object": "list", "data": []}, status)

    return app


@pytest.mark.parametrize("extra", ["stanza:folder", "presidio:", "openai:model", "gliner:/no/such/folder"])
def test_what_cannot_be_asked_is_refused_at_the_beginning(extra: str):
    with pytest.raises(ValueError, match=r"say presidio:FOLDER|openai:URL MODEL|there is no folder"):
        check_engines([extra])


def test_that_an_answer_is_waited_for_is_said(monkeypatch: pytest.MonkeyPatch):
    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())
            was_said.set()

    said, was_said = list[str](), threading.Event()
    app = FastAPI()

    @app.post("/v1/chat/completions")
    def answer() -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
        was_said.wait(60)
        choice = {"index": 0, "message": {"role": "assistant", "content": '{"names": [[]]}'}, "finish_reason": "stop"}
        return JSONResponse({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})

    monkeypatch.setattr(openai, "SAID_EVERY", 0.05)
    monkeypatch.setattr(logging.getLogger("export.names.adapters.openai"), "handlers", [Heard()])
    with serving(app) as url:
        assert found(openai_engine(f"{url}/v1 tiny"), "Zork!") == [[]]

    assert said[0].startswith("names: waiting for the answer of tiny for")
