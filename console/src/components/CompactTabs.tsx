// SPDX-License-Identifier: Apache-2.0
// Tabs for where there is little room: a line high, with the keys that tabs have (arrows, Home, End).
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import "./compact-tabs.css";

export interface CompactTab {
  id: string;
  label: string;
  /** Stands behind the label, quietly: how many. */
  count?: string | undefined;
  content: ReactNode;
}

interface Props {
  ariaLabel: string;
  tabs: CompactTab[];
  active: string;
  onChange: (id: string) => void;
  /** At the end of the line. */
  actions?: ReactNode;
}

export function CompactTabs({ ariaLabel, tabs, active, onChange, actions }: Props) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const current = tabs.find((tab) => tab.id === active) ?? tabs[0];
  const onKeyDown = (event: KeyboardEvent) => {
    const place = tabs.findIndex((tab) => tab.id === current?.id);
    const next = { ArrowRight: (place + 1) % tabs.length, ArrowLeft: (place + tabs.length - 1) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    const chosen = next === undefined ? undefined : tabs[next];
    if (chosen === undefined) return;
    event.preventDefault();
    onChange(chosen.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${chosen.id}"]`)?.focus();
  };
  return (
    <div className="pawl-tabs">
      <div className="pawl-tabs-line">
        <div className="pawl-tabs-list" role="tablist" aria-label={ariaLabel} ref={list} onKeyDown={onKeyDown}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${id}${tab.id}`}
              data-tab={tab.id}
              aria-selected={tab === current}
              aria-controls={`${id}panel`}
              tabIndex={tab === current ? 0 : -1}
              className={tab === current ? "pawl-tab pawl-tab-current" : "pawl-tab"}
              onClick={() => onChange(tab.id)}
            >
              {tab.label}
              {tab.count !== undefined && <span className="pawl-tab-count">{tab.count}</span>}
            </button>
          ))}
        </div>
        {actions}
      </div>
      <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${current?.id ?? ""}`} className="pawl-tabs-panel">
        {current?.content}
      </div>
    </div>
  );
}
