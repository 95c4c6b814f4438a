#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small web site of flags, to download from without leaving this machine: /flags/ad/ad.gif and so on.

    ./flag_site.py [PORT]

Each flag is a GIF of three stripes whose colours come from its name, so that everybody can check what was downloaded. A server in the
world is not always well: /flags/slow/NAME.gif takes three seconds, /flags/hanging/NAME.gif begins and never ends, /flags/trickling/NAME.gif
sends a byte a second, /flags/failing/NAME.gif answers 500, and what is not two letters long is not there (404)."""
import hashlib
import http.server
import socket
import sys
import threading

WIDTH, STRIPE_HEIGHT = 60, 12
SLOW_SECONDS = 3


def colours(name):
    """Three colours, each red, green and blue."""
    digest = hashlib.sha256(name.encode()).digest()
    return [tuple(digest[i * 3 : i * 3 + 3]) for i in range(3)]


def flag(name):
    """A GIF89a. Its pixels are written as literal codes of eight bits: a Clear (0x80) before the codes would grow, no compression."""
    height = STRIPE_HEIGHT * 3
    size = WIDTH.to_bytes(2, "little") + height.to_bytes(2, "little")
    palette = b"".join(bytes(colour) for colour in colours(name)).ljust(128 * 3, b"\0")
    pixels = bytes(stripe for stripe in range(3) for _ in range(STRIPE_HEIGHT * WIDTH))
    codes = b"".join(b"\x80" + pixels[start : start + 100] for start in range(0, len(pixels), 100)) + b"\x81"
    blocks = b"".join(bytes([len(codes[i : i + 255])]) + codes[i : i + 255] for i in range(0, len(codes), 255))
    return b"GIF89a" + size + b"\xf6\0\0" + palette + b"," + bytes(4) + size + b"\0\x07" + blocks + b"\0;"


class Site(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address):
        super().__init__(address, Handler)
        self.ending = threading.Event()  # what waits gives up then
        self.lock = threading.Lock()
        self.running = self.running_max = 0  # downloads at the same time: how polite the other side is

    def close(self):
        self.ending.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        site = self.server
        with site.lock:
            site.running += 1
            site.running_max = max(site.running_max, site.running)
        try:
            self.answer(*self.path.rsplit("/", 2)[-2:])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with site.lock:
                site.running -= 1

    def answer(self, kind, file):
        name = file.removesuffix(".gif")
        picture = flag(name)
        if kind == "failing":
            self.send_error(500)
        elif kind == "hanging":
            self.begin(picture)
            self.wfile.write(picture[:100])
            self.server.ending.wait()
            self.close_connection = True
        elif kind == "trickling":
            self.begin(picture)
            for byte in picture:
                self.wfile.write(bytes([byte]))
                if self.server.ending.wait(1):
                    break
            self.close_connection = True
        elif kind == "slow":
            self.server.ending.wait(SLOW_SECONDS)
            self.begin(picture)
            self.wfile.write(picture)
        elif len(name) == 2 and kind == name:
            self.server.ending.wait(0.02)
            self.begin(picture)
            self.wfile.write(picture)
        else:
            self.send_error(404)

    def begin(self, picture):
        self.send_response(200)
        self.send_header("Content-Type", "image/gif")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log_message(self, *words):
        pass


def main():
    site = Site(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000))
    print(f"http://127.0.0.1:{site.server_address[1]}/flags", flush=True)
    try:
        site.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
