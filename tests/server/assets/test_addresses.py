import pytest

from manazir.core.errors import FetchError, UnsupportedError
from manazir.server.assets.addresses import Reach, check_url, is_public

LOOPBACK = """
http://127.0.0.1/ http://127.0.0.1:80/ http://127.1.2.3/ http://127.1/ http://127.0.1/ http://2130706433/
http://017700000001/ http://0177.0.0.1/ http://0x7f000001/ http://0x7F.1/ http://0x7f.0x0.0x0.0x1/ http://127.0.0.01/
http://127.0.0.1./ http://127.0.0.1.:80/ http://0/ http://0.0.0.0/ http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/
http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::127.0.0.1]/ http://[::ffff:0:127.0.0.1]/
http://[64:ff9b::127.0.0.1]/ http://[64:ff9b:1::127.0.0.1]/ http://[2002:7f00:1::]/ http://[2001:0:7f00:1::]/
http://[::1%25lo]/ http://[::1%lo]/ http://localhost/ http://LOCALHOST/ http://localhost./ http://a.localhost/
http://localhost.localdomain/ http://１２７.０.０.１/ http://①②⑦.⓪.⓪.①/ http://127。0。0。1/ http://%31%32%37.0.0.1/
http://127.0.0.1%2f.example.com/ http://[::ffff:2130706433]/
"""
INSIDE = """
http://10.0.0.1/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.1.1/ http://3232235777/ http://0xa.1/
http://169.254.169.254/latest/meta-data/ http://2852039166/ http://0xa9fea9fe/ http://[::ffff:169.254.169.254]/
http://[::ffff:a9fe:a9fe]/ http://[64:ff9b::a9fe:a9fe]/ http://[fe80::1]/ http://[fc00::1]/ http://[fd00:ec2::254]/
http://[fec0::1]/ http://100.100.100.200/ http://100.64.0.1/ http://192.0.0.192/ http://168.63.129.16/
http://198.18.0.1/ http://224.0.0.1/ http://255.255.255.255/ http://240.0.0.1/ http://[ff02::1]/ http://[2001:db8::1]/
http://192.0.2.1/ http://[5f00::1]/ http://metadata.google.internal/ http://metadata/ http://redis:6379/
http://nas.local/ http://router.home.arpa/ http://instance-data./
"""
ODD = """
file:///etc/passwd file://localhost/etc/passwd gopher://example.com:70/_x ftp://example.com/a dict://example.com:11211/
ws://example.com/ unix:///run/docker.sock javascript:alert(1) //example.com/a.png example.com/a.png http: http:/// https://
http:example.com http:///etc/passwd http://user@example.com/ http://user:pass@example.com/
http://example.com@127.0.0.1/ http://example.com\\@127.0.0.1/ http://127.0.0.1\\@example.com/ http://127.0.0.1#@example.com/
http://example.com:22/ http://example.com:25/ http://example.com:0/ http://example.com:65536/ http://example.com:99999999/
http://example.com:-1/ http://example.com:x/ http://example.com:80:80/ http://exa_mple..com/ http://-a.example.com/
http://example.com./ http://ex%61mple.com/ http://[::1 http://[example.com]/ http://1.2.3/ http://1.2.3.4.5/
http://1.2.3.256/ http://8.8.8.010/ http://0x8.8.8.8/
"""
EDGES = """
8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.255.255
172.32.0.0 192.167.255.255 192.169.0.0 223.255.255.255 2606:4700::1111 2a00:1450::1 64:ff9b::808:808
"""
SPACES = [
    "",
    " ",
    "http://exa mple.com/",
    "http://example.com\n/",
    "http://exam\0ple.com/",
    " http://127.0.0.1/",
    "\udcff",
]


@pytest.mark.parametrize("url", [*f"{LOOPBACK} {INSIDE} {ODD}".split(), *SPACES])
def test_every_spelling_of_what_is_not_public_is_refused(url: str):
    with pytest.raises(FetchError, match="is refused") as error:
        check_url(url)
    assert error.value.reason == "refused"
    assert "pass@" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "HTTPS://Example.COM:443/a?b=c#d",
        "https://cdn-1.films.example.com:8443/a%20b.mp4?signature=%2F",
        "https://8.8.8.8/a",
        "https://[2606:4700::1111]/a",
        "https://[64:ff9b::8.8.8.8]/a",
        "https://مثال.إختبار/صورة.png",
        "https://xn--mgbh0fb.xn--kgbechtv/",
        "https://a_b.s3.amazonaws.com/key",
        "https://0xfilms.example.com/",
    ],
)
def test_what_is_public_is_not_refused(url: str):
    check_url(url)


@pytest.mark.parametrize(
    "address",
    EDGES.split(),
)
def test_the_edges_of_what_is_public(address: str):
    assert is_public(address)


def test_errors_show_no_more_than_the_host():
    for url in ("http://user:secret@127.0.0.1/", "http://10.0.0.1/secret?secret=secret#secret", "x" * 9000):
        with pytest.raises(FetchError) as error:
            check_url(url)
        assert "secret" not in str(error.value)
        assert len(str(error.value)) < 300


def test_an_operator_can_allow_hosts():
    reach = Reach(allowed_hosts=frozenset({"NAS.lan", "10.0.0.5:9000", "[fd00::1]:80", "redis", "localhost:8000"}))
    for url in ("http://nas.lan/a", "http://nas.lan:22/a", "http://10.0.0.5:9000/", "http://[fd00:0::1]/a"):
        check_url(url, reach)
    check_url("http://localhost:8000/", reach)
    for url in ("http://a.nas.lan.local/", "http://10.0.0.5/", "http://10.0.0.6:9000/", "http://[fd00::1]:81/"):
        with pytest.raises(FetchError, match="is refused"):
            check_url(url, reach)
    for url in ("http://localhost/", "file://nas.lan/a", "http://x@nas.lan/", "http://redis./"):
        with pytest.raises(FetchError, match="is refused"):
            check_url(url, reach)


@pytest.mark.parametrize("entry", ["", "http://nas.lan", "nas.lan/films", "a@nas.lan", "nas.lan:x", "*.lan"])
def test_an_allowed_host_that_is_none_is_told(entry: str):
    with pytest.raises(UnsupportedError, match="is no host that could be allowed"):
        Reach(allowed_hosts=frozenset({entry}))


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "https://nas.lan.local/a", "http://nas/a"])
def test_who_is_refused_an_address_inside_learns_who_can_allow_it(url: str):
    with pytest.raises(FetchError, match=r"`allowed_hosts` in server\.toml"):
        check_url(url)


def test_https_can_be_asked_for():
    reach = Reach(is_https_only=True, allowed_hosts=frozenset({"nas.lan"}))
    check_url("https://example.com/", reach)
    check_url("http://nas.lan/", reach)
    with pytest.raises(FetchError, match="only https://"):
        check_url("http://example.com/", reach)


@pytest.mark.parametrize("path", ["start.png", "/srv/start.png", "./a b.png"])
def test_a_path_is_no_url_and_what_is_one_is_told(path: str):
    with pytest.raises(FetchError, match="what is no URL is refused; give https"):
        check_url(path)
