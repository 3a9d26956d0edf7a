"""A service that speaks like S3, in this process."""

import pytest

KEY = {"aws_access_key_id": "house", "aws_secret_access_key": "word", "region_name": "us-east-1"}


@pytest.fixture(scope="session")
def s3():
    """Its address."""
    from moto.server import ThreadedMotoServer  # which takes its time, and most tests do without

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3, settings):
    """Files are kept in a bucket of their own → that bucket, as the service itself sees it."""
    import boto3

    name = "files"
    service = boto3.resource("s3", endpoint_url=s3, **KEY)
    service.create_bucket(Bucket=name)
    options = {"bucket_name": name, "endpoint_url": s3, "region_name": "us-east-1", "access_key": "house"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "backchannel.bucket.Bucket", "OPTIONS": {**options, "secret_key": "word"}},
    }
    yield service.Bucket(name)
    service.Bucket(name).objects.all().delete()
