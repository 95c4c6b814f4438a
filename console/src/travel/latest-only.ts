// SPDX-License-Identifier: Apache-2.0
// One request at a time, always for the newest wish: what a slider asks of a server. Wishes that were overtaken are never
// sent, and answers to them never seen.

export interface LatestOptions<Key, Answer> {
  load: (key: Key, signal: AbortSignal) => Promise<Answer>;
  onAnswer: (key: Key, answer: Answer) => void;
  onError: (key: Key, failure: unknown) => void;
  onBusy?: (isBusy: boolean) => void;
}

export class LatestOnly<Key> {
  private wanted: { key: Key } | null = null;
  private running: AbortController | null = null;
  private isClosed = false;

  constructor(private readonly options: LatestOptions<Key, unknown>) {}

  static of<Key, Answer>(options: LatestOptions<Key, Answer>): LatestOnly<Key> {
    return new LatestOnly<Key>(options as LatestOptions<Key, unknown>);
  }

  want(key: Key): void {
    this.wanted = { key };
    if (this.running === null) void this.run();
  }

  close(): void {
    this.isClosed = true;
    this.wanted = null;
    this.running?.abort();
  }

  private async run(): Promise<void> {
    this.options.onBusy?.(true);
    while (this.wanted !== null && !this.isClosed) {
      const { key } = this.wanted;
      const asked = this.wanted;
      const abort = new AbortController();
      this.running = abort;
      try {
        const answer = await this.options.load(key, abort.signal);
        if (this.wanted === asked && !this.isClosed) {
          this.wanted = null;
          this.options.onAnswer(key, answer);
        }
      } catch (failure) {
        if (this.wanted === asked && !this.isClosed) {
          this.wanted = null;
          this.options.onError(key, failure);
        }
      }
    }
    this.running = null;
    if (!this.isClosed) this.options.onBusy?.(false);
  }
}
