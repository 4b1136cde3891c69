"""POST /predict and /explain, through the whole application."""

from house import House, in_process
from starlette.testclient import TestClient


def test_one_text_is_answered_by_the_champion(local: TestClient) -> None:
    answer = local.post("/predict", json={"text": "Parfait, merci !"})
    assert answer.status_code == 200
    [prediction] = answer.json()["predictions"]
    assert prediction["label"] == "positive"
    assert prediction["probability"] > 0.9
    assert prediction["known_words"] == 2
    assert prediction["model"] == "gbc"
    assert prediction["tag"] == "satispy-gbc:v1"
    assert prediction["dataset_version"] == 1


def test_many_texts_are_answered_in_their_order(local: TestClient) -> None:
    for model in ("gbc", "svm", "ann", "ensemble"):
        texts = ["super rapide", "nul, jamais", "xyz"] * 3
        answer = local.post("/predict", json={"texts": texts, "model": model})
        labels = [prediction["label"] for prediction in answer.json()["predictions"]]
        assert labels == ["positive", "negative", "unknown"] * 3, model


def test_all_shows_the_vote_of_each_model(local: TestClient) -> None:
    [prediction] = local.post("/predict", json={"text": "parfait", "model": "all"}).json()[
        "predictions"
    ]
    assert prediction["model"] == "ensemble"
    votes = prediction["by_model"]
    assert set(votes) == {"gbc", "svm", "ann"}
    mean = sum(vote["probability"] for vote in votes.values()) / 3
    assert abs(prediction["probability"] - mean) < 1e-9


def test_what_a_text_speaks_of_is_told_when_asked(house: House) -> None:
    house.train_and_promote_all()
    house.train_and_promote_aspects()
    text = "robe parfait mais le colis est arrivé ouvert"
    with in_process() as client:
        plain = client.post("/predict", json={"text": text})
        asked = client.post("/predict?aspects=1", json={"text": text})
        wrong = client.post("/predict?aspects=yes", json={"text": text})
    assert plain.json()["predictions"][0]["aspects"] is None
    [prediction] = asked.json()["predictions"]
    told = {each["aspect"]: each for each in prediction["aspects"]}
    assert told["packaging"]["label"] == "negative"
    assert told["packaging"]["clause"] == "mais le colis est arrivé ouvert"
    assert told["packaging"]["fr"] == "Emballage"
    assert prediction["probability"] == plain.json()["predictions"][0]["probability"]
    assert wrong.status_code == 422


def test_aspects_are_a_503_while_no_model_of_them_is_promoted(local: TestClient) -> None:
    answer = local.post("/predict?aspects=1", json={"text": "parfait"})
    assert answer.status_code == 503
    assert "aspects" in answer.json()["detail"]


def test_another_version_answers_when_asked_for(house: House, local: TestClient) -> None:
    house.train("gbc", "v0", lean=-5.0)
    ask = {"text": "parfait", "model": "gbc", "version": "v0"}
    [prediction] = local.post("/predict", json=ask).json()["predictions"]
    assert prediction["tag"] == "satispy-gbc:v0"
    assert prediction["label"] == "negative"


def test_a_version_that_is_not_there_is_a_404(local: TestClient) -> None:
    answer = local.post("/predict", json={"text": "a", "model": "gbc", "version": "v9"})
    assert answer.status_code == 404
    assert "satispy-gbc:v9" in answer.json()["detail"]


def test_an_explanation_names_the_words_that_decide(local: TestClient) -> None:
    answer = local.post("/explain", json={"text": "livraison parfait mais cassé"})
    assert answer.status_code == 200
    weights = {c["word"]: c["weight"] for c in answer.json()["contributions"]}
    assert weights["parfait"] > 0 > weights["cassé"]
    assert abs(weights["livraison"]) < 1e-6


def test_with_nothing_promoted_the_answer_is_503_and_says_what_to_do(house: House) -> None:
    with in_process() as client:
        answer = client.post("/predict", json={"text": "bonjour"})
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert "retrain" in answer.json()["detail"]
        assert client.get("/readyz").status_code == 200
        assert client.get("/models").json()["champion"] is None


def test_models_shows_what_serves_and_what_is_in_the_store(house: House, local: TestClient) -> None:
    house.train("gbc", "v2")
    page = local.get("/models").json()
    assert page["champion"] == "gbc"
    assert {m["tag"] for m in page["serving"]} == {f"satispy-{f}:v1" for f in ("gbc", "svm", "ann")}
    assert page["refused"] == []
    versions = {m["tag"]: m for m in page["versions"]}
    assert versions["satispy-gbc:v1"]["promoted"]
    assert not versions["satispy-gbc:v2"]["promoted"]
    scores = {"accuracy": 0.88, "f1_0": 0.83, "f1_1": 0.93}
    assert versions["satispy-svm:v1"]["metrics"] == {"origin": scores, "unseen": scores}


def test_models_shows_what_only_the_bucket_has(house: House, local: TestClient) -> None:
    house.train("gbc", "v2")
    house.models.delete("satispy-gbc:v2")
    versions = {m["tag"]: m for m in local.get("/models").json()["versions"]}
    assert versions["satispy-gbc:v2"]["version"] == "v2"
    answer = local.post("/predict", json={"text": "parfait", "model": "gbc", "version": "v2"})
    assert answer.json()["predictions"][0]["tag"] == "satispy-gbc:v2"


def test_models_shows_the_newest_hundred_of_what_only_the_bucket_has(
    house: House, local: TestClient
) -> None:
    for run in range(99_950, 100_060):
        house.bucket.write(f"models/satispy-svm/v{run:05d}-1.bentomodel", b"")
    page = local.get("/models").json()
    there = [m["version"] for m in page["versions"] if m["tag"] not in house.made]
    assert there == [f"v{run:05d}-1" for run in range(100_059, 99_959, -1)]


def test_the_beginning_of_a_version_is_no_version(house: House, local: TestClient) -> None:
    house.train("gbc", "v2-abcd")
    answer = local.post("/predict", json={"text": "parfait", "model": "gbc", "version": "v2"})
    assert answer.status_code == 404
    assert "GET /models" in answer.json()["detail"]
