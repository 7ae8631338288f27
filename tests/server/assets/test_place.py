"""Addresses of buckets."""

import pytest

from manazir.core.errors import UnsupportedError
from manazir.server.assets.place import Place, place_of


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://films", Place(bucket="films")),
        ("s3://films/", Place(bucket="films")),
        ("s3://my.films-2/a/b/", Place(bucket="my.films-2", prefix="a/b/")),
        ("s3://films/a%20b", Place(bucket="films", prefix="a b/")),
        ("s3://films?region=eu-central-1&style=virtual", Place(bucket="films", region="eu-central-1", style="virtual")),
        (
            "s3://films/a?endpoint=https://s3.lan:9000/",
            Place(bucket="films", prefix="a/", endpoint="https://s3.lan:9000"),
        ),
    ],
)
def test_what_is_said_is_read(url: str, place: Place) -> None:
    assert place_of(url) == place


def test_the_usual_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://all.lan")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert place_of("s3://films") == Place(bucket="films", endpoint="http://all.lan", region="us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.lan")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert place_of("s3://films") == Place(bucket="films", endpoint="http://s3.lan", region="eu-west-1")
    assert place_of("s3://films?endpoint=http://said.lan&region=x").endpoint == "http://said.lan"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://", "no bucket's name"),
        ("s3:///films", "no bucket's name"),
        ("s3://minio:9000/films", r"no bucket's name.*\?endpoint="),
        ("s3://key:hush@films/a", "holds a key"),
        ("s3://films/../a", "prefix"),
        ("s3://films/a//b", "prefix"),
        ("s3://films/a%00b", "prefix"),
        ("s3://films/a#b", "prefix"),
        ("s3://films?end=x", "says end"),
        ("s3://films?endpoint=minio:9000", "endpoint wrong"),
        ("s3://films?endpoint=http://key:hush@minio:9000", "endpoint wrong"),
        ("s3://films?endpoint=http://minio/films", "endpoint wrong"),
        ("s3://films?region=eu%0a", "region wrong"),
        ("s3://films?style=none", "path or virtual"),
    ],
)
def test_what_cannot_be_is_refused_and_not_repeated(url: str, told: str) -> None:
    with pytest.raises(UnsupportedError, match=f"^MANAZIR_STORAGE_URL .*{told}") as error:
        place_of(url)
    assert "hush" not in str(error.value)
