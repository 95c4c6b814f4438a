// SPDX-License-Identifier: Apache-2.0
// Asks before a page with changes is left, within the console and to elsewhere.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect, useRef } from "react";
import { useBlocker } from "react-router";

interface Guard {
  /** To be shown on the page. */
  question: ReactNode;
  /** What was changed is saved: the page may be left. */
  release: () => void;
}

export function useUnsavedGuard(isChanged: boolean): Guard {
  const isReleased = useRef(false);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => isChanged && !isReleased.current && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => {
      if (!isReleased.current) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isChanged]);

  const question = blocker.state === "blocked" && (
    <Modal
      visible
      header="Leave without saving?"
      onDismiss={() => blocker.reset()}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => blocker.reset()}>
              Stay
            </Button>
            <Button variant="primary" onClick={() => blocker.proceed()}>
              Leave
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      What was changed here will be lost.
    </Modal>
  );
  return { question, release: () => (isReleased.current = true) };
}
