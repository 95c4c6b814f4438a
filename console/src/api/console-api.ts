// SPDX-License-Identifier: Apache-2.0
// The console's own API (src/console): POST, JSON in, JSON out.
import { ApiError, bareCode } from "./api-error";
import { noteDown, noteUp } from "./connection";
import { readCredentials, readRegion } from "./credentials";
import { sign } from "./sign";

export const kApiPath = "/_pawl/console/api/";

/** The raw answer of an endpoint. Throws ApiError. */
export async function request(name: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const text = JSON.stringify(body);
  const region = readRegion();
  const headers: Record<string, string> = { "content-type": "application/json", "x-pawl-region": region };
  const credentials = readCredentials();
  if (credentials !== null) {
    if (globalThis.crypto?.subtle === undefined)
      throw new ApiError("NotSecure", "Browsers sign only on pages from https or from this computer: see pawl serve --tls.", 400);
    const path = kApiPath + name;
    Object.assign(headers, await sign({ host: location.host, path, body: text, region, now: new Date() }, credentials));
  }
  let response: Response;
  try {
    response = await fetch(kApiPath + name, { method: "POST", headers, body: text, signal: signal ?? null, cache: "no-store" });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    noteDown();
    throw new ApiError("Unreachable", "The server does not answer.", 0);
  }
  noteUp();
  if (response.ok) return response;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
    return new ApiError(bareCode(body.__type ?? "InternalFailure"), body.message ?? body.Message ?? text, response.status);
  } catch {
    return new ApiError("InternalFailure", text || response.statusText, response.status);
  }
}

export async function post<Answer>(name: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  const response = await request(name, body, signal);
  return (await response.json()) as Answer;
}

/** Any operation of any AWS service, as the models name it: call("dynamodb", "Scan", {TableName: "t"}). */
export function call<Output>(service: string, operation: string, input: object = {}, signal?: AbortSignal): Promise<Output> {
  return post<Output>("call", { service, operation, region: readRegion(), input }, signal);
}
