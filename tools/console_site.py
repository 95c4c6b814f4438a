#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds console/ with Vite and packs its pages into what src/console/embedded_site.h declares. Python 3.9, standard library only.

    console_site.py CONSOLE OUT [--none WHY]

writes OUT/site.pack (the files one after the other, gzipped where that helps) and OUT/embedded_site.cc (where each one is). Several
builds may share OUT: nothing is done while nothing in CONSOLE has changed. --none: a program without pages, because of WHY. Without
what npm cannot fetch likewise; then the next build tries again.
"""
import fcntl
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys

INPUTS = ("index.html", "package-lock.json", "package.json", "public", "src", "tsconfig.json", "vite.config.ts")
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
GZIP_GAIN_MIN = 0.05  # of what hardly shrinks the browser is spared the unpacking


def files_below(folder):
    """Paths relative to `folder`, sorted; tests of the pages are no part of them."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        found += [os.path.relpath(os.path.join(parent, name), folder) for name in names]
    return sorted(name.replace(os.sep, "/") for name in found)


def input_hash(console):
    hashed = hashlib.sha256()
    with open(__file__, "rb") as f:
        hashed.update(f.read())
    for entry in INPUTS:
        path = os.path.join(console, entry)
        names = [entry + "/" + name for name in files_below(path)] if os.path.isdir(path) else [entry]
        for name in names:
            if name.endswith((".test.ts", ".test.tsx")):
                continue
            with open(os.path.join(console, name), "rb") as f:
                text = f.read()
            hashed.update(f"{name}\0{len(text)}\0".encode() + text)
    return hashed.hexdigest()


def read_json(path):
    try:
        with open(path, encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def is_installed(console):
    """Whether node_modules has what the lock file says, whoever put it there."""
    wanted = read_json(os.path.join(console, "package-lock.json")).get("packages", {})
    there = read_json(os.path.join(console, "node_modules", ".package-lock.json")).get("packages", {})
    return bool(there) and all(
        there.get(path, {}).get("version") == package.get("version")
        for path, package in wanted.items() if path and not package.get("optional"))


def run(command, folder, environment=None):
    done = subprocess.run(command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def build_pages(console, folder):
    """None, or why there are none."""
    if not is_installed(console):
        print("console: npm ci", flush=True)
        status, said = run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], console)
        if status != 0:
            print(said + "console: npm ci failed: this pawl gets no pages", file=sys.stderr)
            return "its packages could not be fetched"
    # Types are checked by the tests.
    status, said = run(["node", "node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], console, {"PAWL_CONSOLE_OUT": folder})
    if status != 0:
        print(said, file=sys.stderr)
        raise SystemExit("console: the pages cannot be built")
    return None


def pack(folder):
    """(path, content type, hash, offset, length, is gzip) of each file, and all their bytes."""
    entries, packed = [], bytearray()
    for path in files_below(folder):
        with open(os.path.join(folder, path), "rb") as f:
            plain = f.read()
        kind = CONTENT_TYPES.get(os.path.splitext(path)[1])
        if kind is None:
            raise SystemExit(f"console: {path} is of no type that tools/console_site.py knows")
        small = gzip.compress(plain, 9, mtime=0)
        is_gzip = len(small) < len(plain) * (1 - GZIP_GAIN_MIN)
        stored = small if is_gzip else plain
        entries.append((path, kind, hashlib.sha256(plain).hexdigest()[:20], len(packed), len(stored), is_gzip))
        packed += stored
    return entries, bytes(packed)


def source_text(entries, pack_path, size):
    lines = [
        "// SPDX-License-Identifier: Apache-2.0",
        "// Made by tools/console_site.py.",
        '#include "console/embedded_site.h"',
        "",
    ]
    if entries:
        lines += [
            'asm(".pushsection .rodata.pawl_console_site,\\"a\\",@progbits\\n"',
            '    ".globl pawl_console_site\\n.hidden pawl_console_site\\n.balign 16\\n"',
            f'    "pawl_console_site: .incbin \\"{pack_path}\\"\\n.popsection\\n");',
            f'extern "C" __attribute__((visibility("hidden"))) const char pawl_console_site[{size}];',
            "",
        ]
    lines += ["namespace pawl::console {", "namespace {", ""]
    if entries:
        lines.append("constinit const SiteFile kFiles[] = {")
        for path, kind, digest, offset, length, is_gzip in entries:
            lines.append(f'    {{"{path}", "{kind}", "{digest}", {{pawl_console_site + {offset}, {length}}}, '
                         f'{"true" if is_gzip else "false"}}},')
        lines.append("};")
    else:
        lines.append("constexpr std::span<const SiteFile> kFiles;")
    lines += ["", "}  // namespace", "", "std::span<const SiteFile> embedded_site() { return kFiles; }", "", "}  // namespace pawl::console", ""]
    return "\n".join(lines)


def write_if_changed(path, content):
    try:
        with open(path, "rb") as f:
            if f.read() == content:
                return
    except OSError:
        pass
    with open(path + ".new", "wb") as f:
        f.write(content)
    os.replace(path + ".new", path)


def main():
    console, out = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    os.makedirs(out, exist_ok=True)
    pages, pack_path = os.path.join(out, "pages"), os.path.join(out, "site.pack")
    source, stamp = os.path.join(out, "embedded_site.cc"), os.path.join(out, "made-of")
    with open(os.path.join(out, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        why_none = sys.argv[4] if len(sys.argv) > 4 and sys.argv[3] == "--none" else None
        made_of = "nothing" if why_none else input_hash(console)
        if all(map(os.path.isfile, (pack_path, source, stamp))):
            with open(stamp, encoding="utf-8") as f:
                if f.read() == made_of:
                    return
        if not why_none:
            shutil.rmtree(pages, ignore_errors=True)
            why_none = build_pages(console, pages)
        entries, packed = ([], b"") if why_none else pack(pages)
        write_if_changed(pack_path, packed)
        write_if_changed(source, source_text(entries, pack_path, len(packed)).encode())
        if why_none and made_of != "nothing":
            os.utime(source, (0, 0))  # older than its inputs: the next build tries again
            if os.path.exists(stamp):
                os.remove(stamp)
            return
        write_if_changed(stamp, made_of.encode())
        print(f"console: {len(entries)} files, {len(packed)} bytes", flush=True)


if __name__ == "__main__":
    main()
