"""`Client` and `AsyncClient`: the same questions, blocking and not."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, overload

import httpx

from satispy.client.conversation import Conversation, Patience, ask, body, parts, path
from satispy.client.types import Explanation, Models, PredictAnswer, Prediction
from satispy.errors import ServiceUnreachable

URL = "http://127.0.0.1:3000"


#: The service reads the whole file before it begins to answer.
CSV_TIMEOUT = httpx.Timeout(30.0, read=300.0)


class FileContent(httpx.SyncByteStream):
    """A file as the body of a request; may be sent again, unlike an open file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while part := file.read(1 << 16):
                yield part


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class Client:
    """Asks the prediction service. Keeps its connections: make one and share it between threads.

    Raises NoModel while nothing is promoted, RequestRefused for a request the service does not
    take, ServiceUnreachable when it does not answer even after the retries.
    """

    def __init__(
        self,
        url: str = URL,
        token: str | None = None,
        timeout: float = 30.0,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(
            base_url=url, headers=_headers(token), timeout=timeout, transport=transport
        )
        self._patience = patience or Patience()

    # A str is a sequence of str too; the first overload is the one that is meant.
    @overload
    def predict(  # type: ignore[overload-overlap]
        self, texts: str, model: str = "", version: str = "", *, aspects: bool = False
    ) -> Prediction: ...
    @overload
    def predict(
        self, texts: Sequence[str], model: str = "", version: str = "", *, aspects: bool = False
    ) -> list[Prediction]: ...
    def predict(
        self,
        texts: str | Sequence[str],
        model: str = "",
        version: str = "",
        *,
        aspects: bool = False,
    ) -> Prediction | list[Prediction]:
        """One prediction for one text, a list for many: any number, in requests of 256.

        `aspects`: also what each text speaks of.
        """
        if isinstance(texts, str):
            return self._predict([texts], model, version, aspects)[0]
        return [p for part in parts(texts) for p in self._predict(part, model, version, aspects)]

    def explain(self, text: str, model: str = "", version: str = "") -> Explanation:
        asked = body(text=text, model=model, version=version)
        return Explanation.model_validate_json(self._post("/explain", asked).content)

    def predict_csv(
        self,
        source: Path,
        target: Path,
        model: str = "",
        version: str = "",
        column: str = "",
        encoding: str = "",
        *,
        aspects: bool = False,
        arrived: Callable[[bytes], object] = lambda part: None,
    ) -> int:
        """Write the CSV with its predictions to `target`, part by part. See POST /predict/csv.

        Answers how many of its rows could not be read; their `satispy_problem` says why.
        `encoding`: of the file, where the service cannot tell it. `aspects`: a column for each
        aspect, « positive » or « negative » where the row speaks of it. `arrived` is called with
        each part once it is written.
        """
        request = self._http.build_request(
            "POST",
            "/predict/csv",
            params=body(
                model=model, version=version, column=column, aspects="1" if aspects else ""
            ),
            content=FileContent(source),
            headers={
                "Content-Type": f"text/csv; charset={encoding}" if encoding else "text/csv",
                "Content-Length": str(source.stat().st_size),
            },
            timeout=CSV_TIMEOUT,
        )
        answer = self._converse(ask(request, self._patience), stream=True)
        unfinished = target.with_name(f"{target.name}.part")
        try:
            with unfinished.open("wb") as file:
                for part in answer.iter_bytes():
                    file.write(part)
                    arrived(part)
            unfinished.replace(target)
        except httpx.TransportError as error:
            raise ServiceUnreachable("the answer broke off: %(error)s", error=error) from error
        finally:
            answer.close()
            unfinished.unlink(missing_ok=True)
        return int(answer.headers.get("Satispy-Unread-Rows", "0"))

    def models(self) -> Models:
        answer = self._converse(ask(self._http.build_request("GET", "/models"), self._patience))
        return Models.model_validate_json(answer.content)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _predict(
        self, texts: list[str], model: str, version: str, aspects: bool
    ) -> list[Prediction]:
        asked = body(texts=texts, model=model, version=version)
        answer = self._post(path(aspects), asked)
        return PredictAnswer.model_validate_json(answer.content).predictions

    def _post(self, path: str, asked: dict[str, Any]) -> httpx.Response:
        request = self._http.build_request("POST", path, json=asked)
        return self._converse(ask(request, self._patience))

    def _converse(self, conversation: Conversation, stream: bool = False) -> httpx.Response:
        said: httpx.Response | httpx.TransportError | None = None
        while True:
            try:
                step = conversation.send(said)
            except StopIteration as end:
                answer: httpx.Response = end.value
                return answer
            if isinstance(step, float):
                time.sleep(step)
                said = None
                continue
            try:
                said = self._http.send(step, stream=stream)
                if stream and not said.is_success:
                    said.read()
            except httpx.TransportError as error:
                said = error


class AsyncClient:
    """`Client` for asyncio."""

    def __init__(
        self,
        url: str = URL,
        token: str | None = None,
        timeout: float = 30.0,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers=_headers(token), timeout=timeout, transport=transport
        )
        self._patience = patience or Patience()

    @overload
    async def predict(  # type: ignore[overload-overlap]  # as above
        self, texts: str, model: str = "", version: str = "", *, aspects: bool = False
    ) -> Prediction: ...
    @overload
    async def predict(
        self, texts: Sequence[str], model: str = "", version: str = "", *, aspects: bool = False
    ) -> list[Prediction]: ...
    async def predict(
        self,
        texts: str | Sequence[str],
        model: str = "",
        version: str = "",
        *,
        aspects: bool = False,
    ) -> Prediction | list[Prediction]:
        if isinstance(texts, str):
            return (await self._predict([texts], model, version, aspects))[0]
        return [
            p for part in parts(texts) for p in await self._predict(part, model, version, aspects)
        ]

    async def explain(self, text: str, model: str = "", version: str = "") -> Explanation:
        asked = body(text=text, model=model, version=version)
        return Explanation.model_validate_json((await self._post("/explain", asked)).content)

    async def models(self) -> Models:
        request = self._http.build_request("GET", "/models")
        answer = await self._converse(ask(request, self._patience))
        return Models.model_validate_json(answer.content)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _predict(
        self, texts: list[str], model: str, version: str, aspects: bool
    ) -> list[Prediction]:
        asked = body(texts=texts, model=model, version=version)
        answer = await self._post(path(aspects), asked)
        return PredictAnswer.model_validate_json(answer.content).predictions

    async def _post(self, path: str, asked: dict[str, Any]) -> httpx.Response:
        request = self._http.build_request("POST", path, json=asked)
        return await self._converse(ask(request, self._patience))

    async def _converse(self, conversation: Conversation) -> httpx.Response:
        said: httpx.Response | httpx.TransportError | None = None
        while True:
            try:
                step = conversation.send(said)
            except StopIteration as end:
                answer: httpx.Response = end.value
                return answer
            if isinstance(step, float):
                await asyncio.sleep(step)
                said = None
                continue
            try:
                said = await self._http.send(step)
            except httpx.TransportError as error:
                said = error
