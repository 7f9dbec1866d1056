"""Where the installed packages lie in this tree; everything else stands in pyproject.toml."""

from setuptools import find_packages, setup

BACKENDS = "backends"

backend_packages = find_packages(BACKENDS)

setup(
    packages=find_packages(include=["neurohw", "neurohw.*"]) + backend_packages,
    package_dir={name: f"{BACKENDS}/{name.replace('.', '/')}" for name in backend_packages},
    py_modules=["pyNN.neurohw"],
)
