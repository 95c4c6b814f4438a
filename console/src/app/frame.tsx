// SPDX-License-Identifier: Apache-2.0
// What a page can ask of the frame around it: breadcrumbs, a split panel, messages.
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
import { asApiError } from "../api/api-error";

export interface Crumb {
  text: string;
  href: string;
}

export interface SplitPanel {
  content: ReactNode;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

export interface Flashes {
  /** Says that something was done; goes by itself. */
  succeeded: (message: ReactNode) => void;
  /** Says what was refused, with AWS's code; stays until it is closed. */
  failed: (what: string, failure: unknown) => void;
}

export interface Frame extends Flashes {
  setCrumbs: (crumbs: Crumb[]) => void;
  setSplitPanel: (panel: SplitPanel | null) => void;
}

export const FrameContext = createContext<Frame | null>(null);

export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (frame === null) throw new Error("outside of Shell");
  return frame;
}

/** The way to this page; the last is its title. */
export function useCrumbs(...crumbs: [text: string, href: string][]): void {
  const { setCrumbs } = useFrame();
  const key = JSON.stringify(crumbs);
  useEffect(() => {
    setCrumbs((JSON.parse(key) as [string, string][]).map(([text, href]) => ({ text, href })));
  }, [key, setCrumbs]);
}

const kShownMs = 6000;

export function useFlashes(): { flashes: Flashes; items: FlashbarProps.MessageDefinition[] } {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
  const next = useRef(0);
  const flashes = useMemo<Flashes>(() => {
    const remove = (id: string) => setItems((old) => old.filter((item) => item.id !== id));
    const add = (item: FlashbarProps.MessageDefinition): string => {
      const id = String(next.current++);
      setItems((old) => [...old.slice(-4), { ...item, id, dismissible: true, dismissLabel: "Close", onDismiss: () => remove(id) }]);
      return id;
    };
    return {
      succeeded: (message) => {
        const id = add({ type: "success", content: message });
        setTimeout(() => remove(id), kShownMs);
      },
      failed: (what, failure) => {
        const error = asApiError(failure);
        add({ type: "error", header: what, content: <span className="pawl-wrap">{`${error.code}: ${error.message}`}</span> });
      },
    };
  }, []);
  return { flashes, items };
}
