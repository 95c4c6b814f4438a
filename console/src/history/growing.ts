// SPDX-License-Identifier: Apache-2.0
// Typed arrays that grow: appending costs O(1), a number its four or eight bytes.

export class Int32List {
  private data = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const more = new Int32Array(2 * this.length);
      more.set(this.data);
      this.data = more;
    }
    this.data[this.length++] = value;
  }
  /** 0 outside. */
  at(index: number): number {
    return index < this.length ? (this.data[index] ?? 0) : 0;
  }
}

export class Float64List {
  private data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const more = new Float64Array(2 * this.length);
      more.set(this.data);
      this.data = more;
    }
    this.data[this.length++] = value;
  }
  at(index: number): number {
    return index < this.length ? (this.data[index] ?? 0) : 0;
  }
}
