// SPDX-License-Identifier: Apache-2.0
// `pawl serve` (the program named by the environment variable PAWL) on a free port with data of its own, and calls to it
// by the console's own API, which knows every operation of every service.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const kReady = /^Pawl is ready on (https?:\/\/\S+:(\d+))$/;
const kWaitMs = 60_000;

export class Server {
  constructor(options) {
    this.folder = mkdtempSync(join(tmpdir(), "pawl-console-"));
    /** Of the command; may be a function of the server's folder. */
    this.arguments = typeof options.arguments === "function" ? options.arguments(this.folder) : (options.arguments ?? []);
    this.environment = options.environment ?? {};
    this.port = 0;
    this.log = "";
  }

  /** Starts it; again on the same port after stop(). */
  async start() {
    const args = ["serve", "--port", String(this.port), "--data", join(this.folder, "data"), "--no-tls", ...this.arguments];
    this.process = spawn(process.env.PAWL ?? "pawl", args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.environment },
    });
    this.process.stderr.on("data", (text) => (this.log = (this.log + text).slice(-200_000)));
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).once("line", resolve);
      this.process.once("error", reject);
      this.process.once("exit", (code) => reject(new Error(`pawl ended with ${code}: ${this.log}`)));
    });
    const match = kReady.exec(line);
    if (match === null) throw new Error(`not ready but ${line}`);
    this.url = match[1];
    this.port = Number(match[2]);
    return this;
  }

  async stop(signal = "SIGTERM") {
    this.process.kill(signal);
    await this.ended;
  }

  async close() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  get console() {
    return `${this.url}/_pawl/console`;
  }

  /** An answer of the console's own API; an error has AWS's code as its name. */
  async post(name, body) {
    const answer = await fetch(`${this.console}/api/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.ok) return JSON.parse(text);
    const error = new Error(`${name} ${body.operation ?? ""}: ${answer.status} ${text}`);
    error.name = text.match(/"__type":\s*"([^"]*)"/)?.[1] ?? String(answer.status);
    throw error;
  }

  call(service, operation, input = {}) {
    return this.post("call", { service, operation, input });
  }
}

export function startServer(options = {}) {
  return new Server(options).start();
}

/** Asks until the answer is true. For what no page shows. */
export async function until(what, ask, waitMs = kWaitMs) {
  const end = Date.now() + waitMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
