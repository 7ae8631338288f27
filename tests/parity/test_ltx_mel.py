"""LTX-2's log-mel spectra are those of `transformers.audio_utils` with the numbers that Lightricks has."""

import pytest
import torch
from transformers.audio_utils import mel_filter_bank, spectrogram

from manazir.core.errors import ShapeError
from manazir.models.codecs.ltx_mel import LtxMelShape, bands, log_mel


@pytest.mark.parametrize("shape", [LtxMelShape(), LtxMelShape(sample_rate=8000, hop=80, window=256, bands=12)])
def test_spectra_of_sound_are_slaneys(shape: LtxMelShape) -> None:
    theirs = mel_filter_bank(
        shape.window // 2 + 1, shape.bands, 0.0, shape.sample_rate / 2, shape.sample_rate, "slaney", "slaney"
    )
    torch.testing.assert_close(bands(shape), torch.from_numpy(theirs).float(), atol=1e-7, rtol=1e-4)
    sound = torch.randn(2, 2, 3001).mul(0.1)
    window = torch.hann_window(shape.window).double().numpy()
    expected = spectrogram(
        sound[1, 0].double().numpy(),
        window,
        shape.window,
        shape.hop,
        power=1.0,
        mel_filters=theirs,
        mel_floor=1e-5,
        log_mel="log",
    )
    mel = log_mel(sound, shape)
    assert mel.shape == (2, 2, 1 + 3001 // shape.hop, shape.bands)
    torch.testing.assert_close(mel[1, 0], torch.from_numpy(expected).T.float(), atol=2e-5, rtol=1e-5)
    assert (log_mel(torch.zeros(1, 2, 1000), shape) == torch.tensor(1e-5).log()).all()
    with pytest.raises(ShapeError, match="needs more than"):
        log_mel(torch.zeros(1, 2, 100), shape)
