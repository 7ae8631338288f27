"""The files that a job starts from, as paths of this machine: uploads from the storage, URLs fetched with care."""

import httpx

from manazir.core.errors import MediaError
from manazir.server.assets.addresses import shown
from manazir.server.assets.checking import check_media
from manazir.server.assets.fetching import Terms, fetch
from manazir.server.errors import ApiError
from manazir.server.files import find_asset
from manazir.server.jobs.job import Job
from manazir.server.service import Service

ASSET = "asset:"


def bring_inputs(service: Service, job: Job) -> dict[str, str]:
    """A path for each reference of a job's request.

    Raises:
        MediaError, FetchError, StorageError: one cannot be had, or is not what it should be; names it.
    """
    return {reference: _path(service, job, reference) for reference in job.request.files}


def _path(service: Service, job: Job, reference: str) -> str:
    if reference.startswith(ASSET):
        sha256 = _kept(service, job, reference.removeprefix(ASSET))
    else:
        sha256 = fetch(reference, service.storage, Terms(reach=service.reach)).blob.sha256
        check_media(service.storage.path(sha256), shown(httpx.URL(reference)))
    return str(service.storage.path(sha256))


def _kept(service: Service, job: Job, asset_id: str) -> str:
    try:
        with service.database.reading() as connection:
            asset = find_asset(connection, job.tenant_id, asset_id)
    except ApiError as error:
        raise MediaError("a file of this request was deleted before the job began; upload it again") from error
    assert asset.sha256 is not None
    return asset.sha256
