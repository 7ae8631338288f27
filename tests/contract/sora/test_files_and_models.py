"""Files, models: what the official client does with them."""

from pathlib import Path

import openai
import pytest

from manazir.server.service import Service


def test_a_file_is_kept_listed_read_and_deleted(openai_client: openai.OpenAI, media: Path) -> None:
    file = openai_client.files.create(file=media / "image.png", purpose="vision")
    assert (file.filename, file.purpose, file.status) == ("image.png", "vision", "processed")
    data = (media / "image.png").read_bytes()
    assert file.bytes == len(data)
    assert openai_client.files.content(file.id).read() == data
    assert openai_client.files.retrieve(file.id) == file
    assert openai_client.files.wait_for_processing(file.id) == file
    assert [one.id for one in openai_client.files.list()] == [file.id]
    assert openai_client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError):
        openai_client.files.retrieve(file.id)


def test_files_are_paged_by_purpose_and_order(openai_client: openai.OpenAI, media: Path) -> None:
    made = [openai_client.files.create(file=media / "image.png", purpose="vision").id for _ in range(3)]
    other = openai_client.files.create(file=media / "clip.mp4", purpose="user_data").id
    assert [one.id for one in openai_client.files.list(purpose="vision", limit=2)] == made[::-1]
    assert [one.id for one in openai_client.files.list(order="asc", limit=1)] == [*made, other]


def test_a_file_may_say_how_long_it_is_kept(openai_client: openai.OpenAI, media: Path) -> None:
    how = {"anchor": "created_at", "seconds": 3600}
    file = openai_client.files.create(file=media / "image.png", purpose="vision", expires_after=how)  # type: ignore[arg-type]
    assert file.expires_at == file.created_at + 3600


def test_what_is_no_media_is_refused(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        openai_client.files.create(file=("train.jsonl", b'{"a": 1}\n' * 10), purpose="fine-tune")
    assert refused.value.param == "file"


def test_files_of_single_requests_are_not_listed(openai_client: openai.OpenAI, media: Path) -> None:
    with pytest.warns(DeprecationWarning, match="The Sora API"):
        openai_client.videos.create(prompt="a ball", input_reference=media / "image.png")
    assert list(openai_client.files.list()) == []


def test_models_are_the_names_that_are_answered_to(openai_client: openai.OpenAI, service: Service) -> None:
    names = [model.id for model in openai_client.models.list()]
    assert {"noor-nano", "sora-2", "sora-2-pro", "gpt-image-2"} <= set(names)
    sora = openai_client.models.retrieve("sora-2")
    assert (sora.id, sora.object, sora.owned_by) == ("sora-2", "model", "manazir")
    assert sora.to_dict()["manazir"] == {"model": "noor-nano"}
    with pytest.raises(openai.NotFoundError) as refused:
        openai_client.models.retrieve("gpt-9")
    assert refused.value.code == "model_not_found"
