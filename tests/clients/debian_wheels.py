# SPDX-License-Identifier: Apache-2.0
"""Wheels of Python packages that Debian has installed, for machines that reach no package index: pip installs from them with
PIP_NO_INDEX=1 PIP_FIND_LINKS=FOLDER. Names are those of the package index, for pure Python packages of /usr/lib/python3/dist-packages.

    /usr/bin/python3 debian_wheels.py FOLDER NAME..."""
import base64
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import zipfile

PACKAGES = "/usr/lib/python3/dist-packages/"
WHEEL = "Wheel-Version: 1.0\nGenerator: debian_wheels\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def files_of(name):
    """The package's files, as dpkg lists them: below dist-packages, without metadata."""
    listed = subprocess.run(["dpkg", "-L", f"python3-{name}"], stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    names = [line[len(PACKAGES):] for line in listed if line.startswith(PACKAGES) and os.path.isfile(line)]
    return [each for each in names if not each.split("/")[0].endswith((".egg-info", ".dist-info"))]


def requirements_of(name, distribution, available):
    """What the package says, and what Debian does, which takes some of it out of the package."""
    depends = subprocess.run(["dpkg-query", "-W", "-f=${Depends}", f"python3-{name}"], stdout=subprocess.PIPE, text=True, check=True).stdout
    packages = [part.split()[0].split(":")[0] for part in depends.split(",") if part.strip()]
    names = [package[len("python3-"):] for package in packages if package.startswith("python3-")]
    return list(distribution.requires or ()) + [each for each in names if each in available]


def metadata_of(distribution, requirements):
    lines = ["Metadata-Version: 2.1", f"Name: {distribution.metadata['Name']}", f"Version: {distribution.version}"]
    lines += [f"Provides-Extra: {extra}" for extra in distribution.metadata.get_all("Provides-Extra") or ()]
    lines += [f"Requires-Dist: {requirement}" for requirement in requirements]
    return "\n".join(lines) + "\n"


def make_wheel(name, folder, available):
    distribution = importlib.metadata.distribution(name)
    stem = f"{name.replace('-', '_')}-{distribution.version}"
    metadata = metadata_of(distribution, requirements_of(name, distribution, available))
    entries = []
    for file in files_of(name):
        with open(PACKAGES + file, "rb") as read:
            entries.append((file, read.read()))
    entries += [(f"{stem}.dist-info/METADATA", metadata.encode()), (f"{stem}.dist-info/WHEEL", WHEEL.encode())]
    record = [f"{file},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}"
              for file, data in entries]
    entries.append((f"{stem}.dist-info/RECORD", ("\n".join(record + [f"{stem}.dist-info/RECORD,,"]) + "\n").encode()))
    with zipfile.ZipFile(os.path.join(folder, f"{stem}-py3-none-any.whl"), "w", zipfile.ZIP_DEFLATED) as wheel:
        for file, data in entries:
            wheel.writestr(file, data)


def make_wheels(folder, names):
    for name in names:
        make_wheel(name, folder, names)


def main():
    folder, *names = sys.argv[1:]
    make_wheels(folder, names)


if __name__ == "__main__":
    main()
