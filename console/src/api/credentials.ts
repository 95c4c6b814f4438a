// SPDX-License-Identifier: Apache-2.0
// The keys that requests are signed with if the server wants signatures. Kept for the tab only (sessionStorage), and
// never sent: a signature is.

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const kKey = "pawl.credentials";
const kRegionKey = "pawl.region";

export function readCredentials(): Credentials | null {
  const text = sessionStorage.getItem(kKey);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Credentials;
  } catch {
    return null;
  }
}

export function keepCredentials(credentials: Credentials | null): void {
  if (credentials === null) sessionStorage.removeItem(kKey);
  else sessionStorage.setItem(kKey, JSON.stringify(credentials));
}

/** The region that pages show. */
export function readRegion(): string {
  return localStorage.getItem(kRegionKey) ?? "us-east-1";
}

export function keepRegion(region: string): void {
  localStorage.setItem(kRegionKey, region);
}
