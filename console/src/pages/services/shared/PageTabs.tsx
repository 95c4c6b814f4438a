// SPDX-License-Identifier: Apache-2.0
// Tabs of a page; which one is open stands in its URL (?tab=). Only the open one is there.
import Tabs from "@cloudscape-design/components/tabs";
import type { ReactNode } from "react";
import { useSetQuery } from "./query-state";
import { useSearchParams } from "react-router";

export interface PageTab {
  id: string;
  label: string;
  /** Beside the label: "(12)". */
  count?: number | string | undefined;
  content: () => ReactNode;
}

export function PageTabs({ tabs, label }: { tabs: PageTab[]; label: string }) {
  const [params] = useSearchParams();
  const setQuery = useSetQuery();
  const first = tabs[0]?.id ?? "";
  const asked = params.get("tab") ?? first;
  const active = tabs.some((tab) => tab.id === asked) ? asked : first;
  return (
    <Tabs
      ariaLabel={label}
      activeTabId={active}
      // A filter belongs to the tab that it was typed in.
      onChange={({ detail }) => setQuery({ tab: detail.activeTabId === first ? undefined : detail.activeTabId, find: undefined }, { push: true })}
      tabs={tabs.map((tab) => ({
        id: tab.id,
        label: tab.count === undefined ? tab.label : `${tab.label} (${tab.count})`,
        content: tab.id === active ? tab.content() : null,
      }))}
    />
  );
}
