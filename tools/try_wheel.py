"""Installs a wheel into a new environment and runs it there, outside the checkout: `make dist` does this.

First without a framework, with only the packages that the wheel requires; then with one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = Path("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")
STATIC = ("check cnn zoo/resnet50", "summary cnn", "init mine.yaml", "check mine.yaml --strict")
WITH_A_FRAMEWORK = ("build cnn -o cnn.keras", "train cnn --data digits --epochs 1 --limit 200", "evaluate cnn-1")


class Installed:
    """A new environment that holds the wheel, and an empty folder to run it in."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.wheel = wheel.resolve()
        self.environment = folder / "environment"
        self.work = folder / "work"
        self.work.mkdir()
        venv.create(self.environment, with_pip=True)

    def install(self, extra: str = "") -> None:
        """Installs the wheel, and checks that it is what `import layerctl` imports."""
        options = ("--quiet", "--disable-pip-version-check", "--constraint", str(ROOT / "constraints.txt"))
        self.run("python", "-m", "pip", "install", *options, f"{self.wheel}{extra}")
        places = "import sys, layerctl; sys.exit(not layerctl.__file__.startswith(sys.prefix) and layerctl.__file__)"
        self.run("python", "-c", places)

    def see_packages_of(self, other: Path) -> None:
        """Makes the packages of another environment importable, after those of this one; editable installations are left out."""
        path = self.environment / PACKAGES / "framework.pth"
        path.write_text(f"{(other / PACKAGES).resolve()}\n", encoding="utf-8")

    def layerctl(self, command: str) -> None:
        print(f"\n$ layerctl {command}", flush=True)
        self.run("layerctl", *command.split())

    def run(self, program: str, *arguments: str) -> None:
        """Runs a program of the environment in the empty folder; exits if it fails."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = (str(self.environment / "bin" / program), *arguments)
        if status := subprocess.run(command, cwd=self.work, env=variables, check=False).returncode:
            sys.exit(f"status {status}: {' '.join(command)}")


def try_wheel(wheel: Path, framework_of: Path) -> None:
    """Runs commands from the wheel.

    Args:
        wheel: the file.
        framework_of: an environment with the packages of the extra `tensorflow`.
    """
    with tempfile.TemporaryDirectory() as folder:
        installed = Installed(wheel, Path(folder))
        installed.install()
        for command in STATIC:
            installed.layerctl(command)
        installed.see_packages_of(framework_of)
        installed.install("[tensorflow]")
        for command in WITH_A_FRAMEWORK:
            installed.layerctl(command)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--framework-of", type=Path, required=True, metavar="ENVIRONMENT")
    arguments = parser.parse_args()
    try_wheel(arguments.wheel, arguments.framework_of)
    print(f"\n{arguments.wheel} works")
