// SPDX-License-Identifier: Apache-2.0
// What a request can fail with: AWS's error with its code, or nobody who answers.

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "ApiError";
  }

  /** Nobody answered: the server is gone or on its way. */
  get isConnection(): boolean {
    return this.status === 0;
  }
}

/** "com.amazonaws.states#ExecutionDoesNotExist" and "ExecutionDoesNotExist:" are both ExecutionDoesNotExist. */
export function bareCode(type: string): string {
  return type.slice(type.lastIndexOf("#") + 1).split(":")[0] ?? type;
}

export function asApiError(failure: unknown): ApiError {
  if (failure instanceof ApiError) return failure;
  const message = failure instanceof Error ? failure.message : String(failure);
  return new ApiError("InternalFailure", message, 500);
}
