#!/usr/bin/env bash
# Brings a Debian 12 machine to the point where the project builds: Debian packages, then LibTorch,
# CMake, Ninja and, where no CUDA toolkit is installed, the toolkit too, from PyPI into .venv.
# Repeatable: a second call finds everything in place and takes about a second.
set -euo pipefail
cd "$(dirname "$0")/.."

debian_packages=(
  g++ python3 python3-venv ccache git ca-certificates
  nlohmann-json3-dev libfmt-dev libcli11-dev libgtest-dev libbenchmark-dev
  libopencv-dev libjpeg62-turbo-dev libpng-dev libgif-dev libwebp-dev
  libsentencepiece-dev libicu-dev libpcre2-dev libssl-dev
  libzip-dev libpugixml-dev libxlsxwriter-dev libsimdjson-dev pkg-config
  python3-jsonschema libxml2-utils
)
lint_packages=(clang-format-14)
fuzz_packages=(clang-14 libclang-rt-14-dev)

# The versions the project is tested with; nowhere else are they written down.
python_packages=(
  torch==2.11.0 cmake==4.4.5 ninja==1.13.2
  pyarrow==26.0.1  # for the C++ libraries inside; Python does not import it
  nvidia-cufile==1.20.0.107 nvidia-cusparselt-cu13==0.8.0 nvidia-nvshmem-cu13==3.4.5
)
# Debian's clang-tidy 14 matches every check against every header of Torch: ten times the time.
lint_python_packages=(clang-tidy==22.1.0)
# nvvm and crt are pinned: left alone, pip takes a newer nvvm whose PTX the 13.0 ptxas refuses.
cuda_packages=(
  "cuda-toolkit[nvcc,cudart,cublas,cupti,cufft,curand,cusolver,cusparse,nvjitlink,nvrtc,nvtx,cccl,crt]==13.0.2"
  nvidia-nvvm==13.0.88 nvidia-cuda-crt==13.0.88 nvidia-cudnn-cu13==9.19.0.56 nvidia-nccl-cu13==2.28.9
)

say() { printf 'setup: %s\n' "$*"; }
die() { printf 'setup: %s\n' "$*" >&2; exit 3; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; return; fi
  command -v sudo >/dev/null || die "these packages need root or sudo: ${missing[*]}"
  sudo "$@"
}

install_debian_packages() {
  missing=()
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = 'install ok installed' ] ||
      missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then say "Debian packages: all installed"; return; fi
  say "Debian packages: installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Prints the folder of an installed CUDA 13 toolkit that also holds cuDNN and NCCL; nothing if none.
installed_toolkit() {
  local nvcc
  nvcc=$(command -v nvcc || true)
  [ -n "$nvcc" ] || { [ -x /usr/local/cuda/bin/nvcc ] && nvcc=/usr/local/cuda/bin/nvcc; } || return 0
  # Not piped into grep -q, which stops reading: whoever writes would now and then fail by it.
  local version libraries library
  version=$("$nvcc" --version) libraries=$(/sbin/ldconfig -p)
  grep -q 'release 13\.' <<<"$version" || return 0
  for library in libcudnn.so.9 libnccl.so.2 libcublas.so.13 libcudart.so.13; do
    grep -q "$library" <<<"$libraries" || return 0
  done
  dirname "$(dirname "$(readlink -f "$nvcc")")"
}

# The wheels hold versioned names only (libcudart.so.13); linkers ask for libcudart.so.
link_unversioned_names() {
  local folder library name
  for folder in "$1"/nvidia/cu13/lib "$1"/nvidia/cudnn/lib "$1"/nvidia/nccl/lib; do
    [ -d "$folder" ] || continue
    for library in "$folder"/*.so.*; do
      name=${library%%.so.*}.so
      [ -e "$name" ] || ln -s "$(basename "$library")" "$name"
    done
  done
  [ -e "$1/nvidia/cu13/lib64" ] || ln -s lib "$1/nvidia/cu13/lib64"
}

install_python_packages() {
  local wanted=("${python_packages[@]}") toolkit
  toolkit=$(installed_toolkit)
  if [ -n "$toolkit" ]; then
    say "CUDA toolkit: $toolkit"
  else
    say "CUDA toolkit: none installed with cuDNN and NCCL; taking it from PyPI"
  fi
  local stamp=.venv/installed.txt list
  list=$(printf '%s\n' "${wanted[@]}"; [ -n "$toolkit" ] || printf '%s\n' "${cuda_packages[@]}")
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$list" ]; then
    say "PyPI packages: all installed"
    return
  fi
  local python=/usr/bin/python3
  [ -x .venv/bin/pip ] || "$python" -m venv .venv
  say "PyPI packages: installing ${#wanted[@]} and what the toolkit needs"
  local pip=(.venv/bin/pip install --quiet --disable-pip-version-check --no-input)
  "${pip[@]}" --no-deps "${wanted[@]}"
  if [ -z "$toolkit" ]; then
    "${pip[@]}" "${cuda_packages[@]}"
    link_unversioned_names "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
  fi
  printf '%s\n' "$list" > "$stamp"
}

install_lint_packages() {
  install_debian_packages "${lint_packages[@]}"
  local stamp=.venv/lint.txt
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "${lint_python_packages[*]}" ]; then return; fi
  .venv/bin/pip install --quiet --disable-pip-version-check --no-input --no-deps "${lint_python_packages[@]}"
  printf '%s\n' "${lint_python_packages[*]}" > "$stamp"
}

install_debian_packages "${debian_packages[@]}"
if [ "${1:-}" = "--fuzz" ]; then install_debian_packages "${fuzz_packages[@]}"; fi
install_python_packages
if [ "${1:-}" = "--lint" ]; then install_lint_packages; fi
say "ready"
