// SPDX-License-Identifier: Apache-2.0
// Times and durations, as people read them and with all milliseconds.

/** AWS's JSON protocols have seconds since 1970; an RFC 3339 text is taken too. */
export function toDate(value: number | string): Date {
  return typeof value === "number" ? new Date(value * 1000) : new Date(value);
}

const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");

/** "2026-11-27 14:03:07.123", of this computer's zone. */
export function formatTime(date: Date): string {
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}.${pad(date.getMilliseconds(), 3)}`;
}

/** "870 ms", "4.21 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "1.5 KB": powers of 1,024, as AWS's consoles have it. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function Timestamp({ value }: { value: number | string | Date | undefined }) {
  if (value === undefined) return <>-</>;
  const date = value instanceof Date ? value : toDate(value);
  if (Number.isNaN(date.getTime())) return <>-</>;
  return <time dateTime={date.toISOString()}>{formatTime(date)}</time>;
}
