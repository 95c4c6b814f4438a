// SPDX-License-Identifier: Apache-2.0
// Does something and says how it went.
import { type ReactNode, useCallback } from "react";
import { useFrame } from "../../../app/frame";

export type Act = (what: { failed: string; succeeded?: ReactNode }, action: () => Promise<unknown>) => Promise<boolean>;

/** true: it was done. */
export function useAct(): Act {
  const { succeeded, failed } = useFrame();
  return useCallback(
    async (what, action) => {
      try {
        await action();
        if (what.succeeded !== undefined) succeeded(what.succeeded);
        return true;
      } catch (failure) {
        failed(what.failed, failure);
        return false;
      }
    },
    [succeeded, failed],
  );
}
