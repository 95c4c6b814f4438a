// SPDX-License-Identifier: Apache-2.0
// What all steps have in common: which job, in which queue.
export interface Jobs {
  readonly branch: string;
  readonly definitionArn: string;
  readonly queueArn: string;
}
