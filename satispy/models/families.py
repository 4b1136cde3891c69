"""The three families as they answer: from a saved folder to a model. NumPy only."""

from pathlib import Path
from weakref import WeakValueDictionary

from satispy.errors import BrokenArtefact
from satispy.language import TextPipeline
from satispy.models import artefact
from satispy.models.artefact import Artefact
from satispy.models.bag import BagOfWords
from satispy.models.kernel import KernelMachine
from satispy.models.log_odds import LogOdds
from satispy.models.network import Committee, Network
from satispy.models.polarity import Coefficients, Polarity
from satispy.models.pooling import Pooling
from satispy.models.sentiment import Calibration, Classifier, SentimentModel, Vectorizer
from satispy.models.trees import Forest, TermsAndPolarity

#: The files of a saved model that its `Polarity` is made of, and its `Pooling`.
POLARITY_FILES = (
    "polar_terms.json",
    "log_odds.npy",
    "weighed_terms.json",
    "coefficients_of_terms.npy",
)
POOLING_FILES = ("words.json", "weights.npy", *POLARITY_FILES, "centre.npy", "scale.npy")
#: What reads texts, by what it was saved as: the svm and the ann of one run share theirs.
_vectorizers: WeakValueDictionary[object, Pooling] = WeakValueDictionary()
#: Its largest part, which all families of one run share.
_polarities: WeakValueDictionary[object, Polarity] = WeakValueDictionary()


def load(folder: Path, vectors: Path | None = None) -> SentimentModel:
    """Open a saved model; `vectors` is the folder of the word vectors that svm and ann pin.

    `ModelStore.load(tag)` finds both. Raises BrokenArtefact for bytes that are not those saved.
    """
    saved = artefact.read(folder)
    about = saved.about
    if about["text_version"] != TextPipeline.version:
        raise BrokenArtefact(
            "%(folder)s was trained on text pipeline %(text_version)s, this is "
            "%(version)s: retrain, or run the version of satispy that made it",
            folder=folder,
            text_version=about["text_version"],
            version=TextPipeline.version,
        )
    return SentimentModel(
        family=about["family"],
        digest=saved.digest,
        base_rate=about["base_rate"],
        calibration=Calibration(**about["calibration"]),
        vectorizer=_vectorizer(saved, folder, vectors),
        classifier=_classifier(saved),
        about=about,
        folder=folder,
    )


def _vectorizer(saved: Artefact, folder: Path, vectors: Path | None) -> Vectorizer:
    if saved.about["family"] == "gbc":
        return TermsAndPolarity(BagOfWords(saved.lists["terms"]), _polarity(saved))
    if vectors is None:
        raise BrokenArtefact(
            "%(folder)s pins word vectors %(vectors)s: give them too",
            folder=folder,
            vectors=saved.about["vectors"],
        )
    from satispy.embeddings import WordVectors

    table = WordVectors.open(vectors)
    if table.digest != saved.about["vectors"]:
        raise BrokenArtefact(
            "%(vectors)s holds word vectors %(digest)s, %(folder)s pins %(pinned)s",
            vectors=vectors,
            digest=table.digest,
            folder=folder,
            pinned=saved.about["vectors"],
        )
    files = saved.about["files"]
    saved_as = (table.digest, saved.about["unseen"], *(files[name] for name in POOLING_FILES))
    vectorizer = _vectorizers.get(saved_as)
    if vectorizer is None:
        arrays, lists = saved.arrays, saved.lists
        vectorizer = _vectorizers[saved_as] = Pooling(
            vectors=table,
            words=TextPipeline().words,
            weights=dict(zip(lists["words"], arrays["weights"].tolist(), strict=True)),
            unseen=saved.about["unseen"],
            polarity=_polarity(saved),
            centre=arrays["centre"],
            scale=arrays["scale"],
        )
    return vectorizer


def _polarity(saved: Artefact) -> Polarity:
    arrays, lists = saved.arrays, saved.lists
    saved_as = tuple(saved.about["files"][name] for name in POLARITY_FILES)
    polarity = _polarities.get(saved_as)
    if polarity is None:
        polarity = _polarities[saved_as] = Polarity(
            LogOdds(lists["polar_terms"], arrays["log_odds"]),
            Coefficients(lists["weighed_terms"], arrays["coefficients_of_terms"]),
        )
    return polarity


def _classifier(saved: Artefact) -> Classifier:
    if saved.about["family"] == "gbc":
        return _forest(saved)
    return _kernel(saved) if "gamma" in saved.about else _committee(saved)


def _forest(saved: Artefact) -> Forest:
    names = ("roots", "feature", "threshold", "left", "right", "value")
    return Forest(**{name: saved.arrays[name] for name in names}, terms=len(saved.lists["terms"]))


def _kernel(saved: Artefact) -> KernelMachine:
    return KernelMachine(
        saved.arrays["axes"],
        saved.arrays["support_vectors"],
        saved.arrays["coefficients"],
        saved.about["intercept"],
        saved.about["gamma"],
    )


def _committee(saved: Artefact) -> Committee:
    arrays = saved.arrays
    shape = saved.about["members"], saved.about["layers"]
    members = [
        Network([(arrays[f"weights-{m}-{n}"], arrays[f"bias-{m}-{n}"]) for n in range(shape[1])])
        for m in range(shape[0])
    ]
    return Committee(members)
