#!/bin/sh
# Fetch what a GPU machine without a network may lack into .whl/: wheels for Python 3.12 on 64-bit Intel or AMD Linux.
# Run in the root of a checkout, where there is a network. PyTorch, numpy, numba, Pillow, safetensors and jaxtyping are
# taken to be there (and transformers, for the engine); what is listed is what noor-mini's run and the engine's
# benchmark need beside them.
set -eu
mkdir -p .whl
exclude=$(git rev-parse --git-path info/exclude)
mkdir -p "$(dirname "$exclude")"
grep -qx '/.whl/' "$exclude" 2>/dev/null || echo '/.whl/' >> "$exclude"
python3 -m pip download --quiet --no-deps --only-binary=:all: --dest .whl \
  --python-version 3.12 --implementation cp \
  --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_17_x86_64 \
  --platform manylinux2014_x86_64 --platform manylinux1_x86_64 \
  --constraint constraints.txt mujoco mujoco-core typeguard diffusers importlib_metadata
ls -l .whl
