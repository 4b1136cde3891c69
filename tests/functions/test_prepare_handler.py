"""The prepare function against an S3 server: whose bucket the word vectors come from."""

from functions.prepare import handler
from satispy.embeddings import WordVectors
from satispy.registry.store import ModelStore
from satispy.reviews import merge_upload
from satispy.settings import Settings
from satispy.storage import Store

HEADER = "inID,Commentaire,star,source,company,index_org,star_org,date\n"


def test_word_vectors_are_read_from_the_bucket_that_is_named(aws, monkeypatch, tmp_path):
    aws.create_bucket(
        Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )
    aws.put_object(Bucket="elsewhere", Key="vec.txt", Body=b"parfait\t1 0 0\nnul\t0 1 0\n")
    aws.put_object(Bucket="satispy", Key="vec.txt", Body=b"another\t1 0\n")
    monkeypatch.setenv("SATISPY_EMBEDDINGS", "s3://elsewhere/vec.txt")
    monkeypatch.setenv("SATISPY_BENTOML_HOME", str(tmp_path))
    settings = Settings()
    store = Store.bucket(settings)
    rows = [
        f"{i},{'parfait' if i % 2 else 'nul'} {i},{1 + i % 2 * 4},Avis,Rive,{i},5,01/02/2023\n"
        for i in range(80)
    ]
    store.write("uploads/some.csv", (HEADER + "".join(rows)).encode())
    version = merge_upload(store, "uploads/some.csv").dataset_version

    prepared = handler({"run": "v00001", "dataset_version": version}, None)

    vectors = WordVectors.open(ModelStore(tmp_path).path(prepared["vectors"]))
    assert (len(vectors), vectors.dim) == (2, 3)
