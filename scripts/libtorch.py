#!/usr/bin/env python3
"""Find or fetch the libtorch that slant builds against, and point `.libtorch` in the checkout at it.

LIBTORCH, if set, is checked and used as it is; what the build needs to know of it is printed, for a
shell to eval. Otherwise the pinned wheels of libtorch.txt are fetched once through pip, and of them
only what a CPU build needs is kept, in the user's cache folder: 530 MB instead of 3 GB. Cargo finds
the link by .cargo/config.toml, so plain `cargo build` works too from then on.
"""

import fcntl
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

VERSION = "2.4.0"
ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "scripts" / "libtorch.txt"

# The wheel's platform tag. x86-64 Linux is tested; the other two are untested.
WHEELS = {
    ("Linux", "x86_64"): "manylinux1_x86_64",
    ("Linux", "aarch64"): "manylinux2014_aarch64",
    ("Darwin", "arm64"): "macosx_11_0_arm64",
}

# What a CPU build needs of the wheels' trees. Without libtorch_cuda.so beside it, torch-sys links
# for the CPU alone. The libraries look for each other by $ORIGIN, so the tree keeps its shape.
NEEDED = re.compile(
    r"torch/include/.*"
    r"|torch/share/cmake/Torch/TorchConfig\.cmake"
    r"|torch/lib/lib(torch|torch_cpu|c10|shm|gomp-[0-9a-f]+|omp)\.(so|so\.1|dylib)"
    r"|torch\.libs/.*"
    r"|nvidia/cuda_(runtime|cupti)/lib/lib(cudart|cupti)\.so\.12"
    r"|(torch|nvidia_cuda_\w+)-[^/]*\.dist-info/(LICENSE|License\.txt|NOTICE)"
)


def main() -> None:
    given = os.environ.get("LIBTORCH")
    # The link itself is what .cargo/config.toml says, not a choice of the user's.
    if not given or Path(given).absolute() == ROOT / ".libtorch":
        link(cached())
        return
    folder = Path(given).absolute()
    check(folder)
    link(folder)
    print(f"export LIBTORCH={shlex.quote(str(folder))}")
    print(f"export LIBTORCH_CXX11_ABI={abi(folder)}")


def check(folder: Path) -> None:
    """Refuse a LIBTORCH that is no libtorch, or another version's."""
    header = folder / "include/torch/csrc/api/include/torch/version.h"
    if not header.is_file():
        fail(f"LIBTORCH is {folder}, which holds no libtorch (no {header.relative_to(folder)}).")
    found = re.search(r'"(\d+\.\d+\.\d+)', header.read_text())
    if not found or found[1] != VERSION:
        version = found[1] if found else "of unknown version"
        fail(
            f"LIBTORCH is {folder}, which holds libtorch {version}; slant needs {VERSION}. "
            f"Give the folder of libtorch {VERSION}, or unset LIBTORCH to have it fetched."
        )


def abi(folder: Path) -> str:
    """Which C++ ABI the library was built with; the PyPI wheels keep the one before C++11."""
    config = folder / "share/cmake/Torch/TorchConfig.cmake"
    found = re.search(r"_GLIBCXX_USE_CXX11_ABI=(\d)", config.read_text()) if config.is_file() else None
    return found[1] if found else os.environ.get("LIBTORCH_CXX11_ABI", "0")


def cached() -> Path:
    """The libtorch of the cache folder, fetched first if it is not there yet."""
    tag = WHEELS.get((platform.system(), platform.machine()))
    if tag is None:
        fail(
            f"there is no libtorch {VERSION} wheel for {platform.system()} {platform.machine()}. "
            f"Set LIBTORCH to the folder of a libtorch {VERSION} of your own."
        )
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slant"
    home = cache / f"libtorch-{VERSION}-{tag}"
    if not home.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        # Two builds started together: the second waits here and finds the work done.
        with open(cache / "libtorch.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not home.is_dir():
                fetch(tag, cache, home)
    return home / "torch"


def fetch(tag: str, cache: Path, home: Path) -> None:
    """Download the wheels and unpack what is needed; `home` appears only when it is whole."""
    say(f"fetching libtorch {VERSION} through pip (once; about 0.8 GB on x86-64 Linux) …")
    with tempfile.TemporaryDirectory(prefix="libtorch-", dir=cache) as temporary:
        wheels, tree = Path(temporary, "wheels"), Path(temporary, "tree")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-cache-dir", "--no-deps"]
        command += ["--only-binary=:all:", "--platform", tag, "--python-version", "3.11"]
        command += ["--require-hashes", "--requirement", REQUIREMENTS, "--dest", wheels]
        try:
            subprocess.run(command, check=True, stdout=sys.stderr, env={**os.environ, "TMPDIR": temporary})
        except (OSError, subprocess.CalledProcessError) as error:
            fail(
                f"pip could not fetch libtorch ({error}). Check that `{sys.executable} -m pip` works, or "
                f"set LIBTORCH to the folder of a libtorch {VERSION} of your own."
            )
        say("unpacking libtorch …")
        for wheel in sorted(wheels.iterdir()):
            unpack(wheel, tree)
        # The linker, unlike the loader, looks for these two beside libtorch_cpu.so only.
        for library in tree.glob("nvidia/*/lib/*.so.*"):
            library.rename(tree / "torch/lib" / library.name)
        tree.rename(home)
    say(f"libtorch {VERSION} is in {home}")


def unpack(wheel: Path, tree: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if NEEDED.fullmatch(name) and not name.endswith("/"):
                target = tree / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(name) as source, open(target, "wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
    wheel.unlink()


def link(folder: Path) -> None:
    """Point the checkout's `.libtorch` at `folder`, in one step."""
    target = ROOT / ".libtorch"
    if target.is_symlink() and Path(os.readlink(target)) == folder:
        return
    fresh = ROOT / f".libtorch-{os.getpid()}"
    fresh.symlink_to(folder)
    fresh.replace(target)


def say(message: str) -> None:
    print(f"slant: {message}", file=sys.stderr, flush=True)


def fail(message: str) -> None:
    say(message)
    sys.exit(2)


if __name__ == "__main__":
    main()
