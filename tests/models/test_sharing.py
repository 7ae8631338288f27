import torch

from manazir.models.sharing import Share, alone, ranges_within, runs_within


def test_alone_all_tokens_are_here() -> None:
    share, x = alone(5), torch.randn(5, 3)
    assert (share.own, share.sizes) == (slice(0, 5), (5,))
    assert share.whole(x) is x
    assert share.to_heads(x, x) == (x, x)
    assert share.to_tokens(x) is x


def test_a_share_of_some_ranges_counts_each_devices_tokens_in_them() -> None:
    shares = [Share((4, 3, 3), place) for place in range(3)]
    ranges = [slice(1, 3), slice(6, 9)]
    assert [share.among(ranges).sizes for share in shares] == [(2, 1, 2)] * 3
    assert [share.among(ranges).own for share in shares] == [slice(0, 2), slice(2, 3), slice(3, 5)]
    assert shares[0].among([slice(7, 10)]).own == slice(0, 0)


def test_angles_are_those_of_own_tokens_and_own_heads() -> None:
    cosine, sine = torch.randn(2, 6, 4, 3)
    share = Share((2, 4), 1, slice(1, 3))
    assert torch.equal(share.turns((cosine, sine))[0], cosine[2:, 1:3])
    assert torch.equal(share.turns((cosine, sine))[1], sine[2:, 1:3])
    assert torch.equal(share.turns((cosine[:, :1], sine[:, :1]))[1], sine[2:, :1])


def test_what_lies_outside_is_empty() -> None:
    ranges = [slice(0, 2), slice(2, 5), slice(5, 6)]
    assert ranges_within(ranges, slice(3, 5)) == (slice(0, 0), slice(0, 2), slice(2, 2))
    runs = [(part, row) for row, part in enumerate(ranges)]
    assert runs_within(runs, slice(1, 6)) == ((slice(0, 1), 0), (slice(1, 4), 1), (slice(4, 5), 2))
    assert runs_within(runs, slice(2, 4)) == ((slice(0, 2), 1),)
    assert runs_within(runs, slice(6, 6)) == ((slice(0, 0), 0),)
