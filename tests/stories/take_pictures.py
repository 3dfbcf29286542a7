"""Take the README's pictures from what the demo wrote, in headless Chromium. `make pictures` runs it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
PICTURES = {
    "preview": ("preview.html", "1120,860"),
    "report": ("report/daesh-lost-ground-report.en.html", "1120,1320"),
    "calendar": ("calendar.html", "1240,1320"),
}


def take(workspace: Path, target: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("There is no Chromium here. Install it with: apt-get install chromium")
    target.mkdir(parents=True, exist_ok=True)
    for name, (page, size) in PICTURES.items():
        source = (workspace / page).resolve()
        if not source.exists():
            sys.exit(f"{source} is not there. Run `make demo` first.")
        with tempfile.TemporaryDirectory() as profile:
            where = (f"--user-data-dir={profile}", f"--window-size={size}", f"--screenshot={target / name}.png")
            subprocess.run([browser, *QUIET, *where, source.as_uri()], check=True, capture_output=True, timeout=60)
        sys.stdout.write(f"{target / name}.png\n")


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
