// SPDX-License-Identifier: Apache-2.0
// The bar at the top: whether the server is there, region, theme, who asks.
import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useConnection } from "../api/connection";
import { keepRegion, readCredentials, readRegion } from "../api/credentials";
import { usePost } from "../api/use-call";
import { SignIn } from "./SignIn";
import { chooseTheme, chosenTheme, type Theme } from "./theme";

export interface ServerConfig {
  version: string;
  region: string;
  account: string;
  /** Requests must be signed. */
  signs: boolean;
}

const kRegions = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-1", "ap-southeast-2"];

export function TopBar() {
  const navigate = useNavigate();
  const { isUp } = useConnection();
  const [theme, setTheme] = useState(chosenTheme());
  const [asksKeys, setAsksKeys] = useState(false);
  const { data: config, error } = usePost<ServerConfig>("config");
  const mustSignIn = error !== undefined && !error.isConnection && (error.status === 401 || error.status === 403 || error.code.includes("Auth") || error.code.includes("Token"));

  const utilities: TopNavigationProps.Utility[] = [
    ...(isUp ? [] : [{ type: "button" as const, iconName: "status-warning" as const, text: "The server does not answer. Trying again…", ariaLabel: "The server does not answer. Trying again…" }]),
    {
      type: "menu-dropdown",
      text: readRegion(),
      ariaLabel: `Region ${readRegion()}`,
      items: [...new Set([config?.region ?? "us-east-1", readRegion(), ...kRegions])].map((id) => ({ id, text: id })),
      onItemClick: ({ detail }) => {
        keepRegion(detail.id);
        location.reload();
      },
    },
    {
      type: "menu-dropdown",
      iconName: "settings",
      ariaLabel: "Appearance",
      title: "Appearance",
      items: (["system", "light", "dark"] as Theme[]).map((id) => ({
        id,
        text: { system: "As the computer", light: "Light", dark: "Dark" }[id],
        itemType: "checkbox" as const,
        checked: id === theme,
      })),
      onItemClick: ({ detail }) => {
        chooseTheme(detail.id as Theme);
        setTheme(detail.id as Theme);
      },
    },
    {
      type: "button",
      iconName: "user-profile",
      text: readCredentials()?.accessKeyId ?? config?.account ?? "",
      ariaLabel: `Access keys ${readCredentials()?.accessKeyId ?? config?.account ?? ""}`,
      onClick: () => setAsksKeys(true),
    },
  ];

  return (
    <>
      <TopNavigation
        identity={{
          href: "/_pawl/console/",
          title: "Pawl",
          logo: { src: "/_pawl/console/pawl.svg", alt: "Pawl" },
          onFollow: (event) => {
            event.preventDefault();
            void navigate("/");
          },
        }}
        utilities={utilities}
      />
      {(asksKeys || mustSignIn) && <SignIn isRequired={mustSignIn} onDone={() => setAsksKeys(false)} />}
    </>
  );
}
