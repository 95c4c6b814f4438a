// SPDX-License-Identifier: Apache-2.0
// What surrounds every page: the bar at the top, the navigation, what must be said at once.
import AppLayoutToolbar from "@cloudscape-design/components/app-layout-toolbar";
import Box from "@cloudscape-design/components/box";
import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import Spinner from "@cloudscape-design/components/spinner";
import { Suspense, useEffect, useMemo, useState } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { navigation } from "./navigation";
import { type Crumb, type Frame, FrameContext, type SplitPanel, useFlashes } from "./frame";
import { TopBar } from "./TopBar";

const kHomeCrumb: Crumb = { text: "Pawl", href: "/" };

export function Shell() {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [crumbs, setCrumbs] = useState<Crumb[]>([]);
  const [splitPanel, setSplitPanel] = useState<SplitPanel | null>(null);
  const [isOpen, setOpen] = useState(() => window.innerWidth > 1100);
  const { flashes, items } = useFlashes();
  const frame = useMemo<Frame>(() => ({ setCrumbs, setSplitPanel, ...flashes }), [flashes]);

  const title = crumbs.at(-1)?.text;
  useEffect(() => {
    document.title = title === undefined ? "Pawl" : `${title} · Pawl`;
  }, [title]);

  const follow = (event: CustomEvent<{ href?: string; external?: boolean }>) => {
    const { href, external } = event.detail;
    if (external === true || href === undefined || !href.startsWith("/")) return;
    event.preventDefault();
    void navigate(href);
  };

  return (
    <FrameContext.Provider value={frame}>
      <div id="pawl-top" className="pawl-top">
        <TopBar />
      </div>
      <AppLayoutToolbar
        headerSelector="#pawl-top"
        navigationOpen={isOpen}
        onNavigationChange={({ detail }) => setOpen(detail.open)}
        navigationWidth={220}
        toolsHide
        navigation={<SideNavigation activeHref={activeHref(pathname)} items={navigation} onFollow={follow} />}
        breadcrumbs={<BreadcrumbGroup items={[kHomeCrumb, ...crumbs]} onFollow={follow} />}
        notifications={<Flashbar items={items} stackItems />}
        {...(splitPanel === null
          ? {}
          : {
              splitPanel: splitPanel.content,
              splitPanelOpen: splitPanel.isOpen,
              onSplitPanelToggle: ({ detail }: { detail: { open: boolean } }) => splitPanel.onToggle(detail.open),
            })}
        maxContentWidth={Number.MAX_VALUE}
        content={
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        }
        ariaLabels={{ navigation: "Pages", navigationToggle: "Show the pages", navigationClose: "Hide the pages", notifications: "Messages" }}
      />
    </FrameContext.Provider>
  );
}

function Loading() {
  return (
    <Box padding="xxl" textAlign="center">
      <Spinner size="large" />
    </Box>
  );
}

function activeHref(pathname: string): string {
  const first = pathname.split("/")[1] ?? "";
  return `/${first === "map-runs" ? "executions" : first}`;
}
