// SPDX-License-Identifier: Apache-2.0
// A link to a page of the console: Cloudscape's, followed without loading the page anew.
import CloudscapeLink, { type LinkProps } from "@cloudscape-design/components/link";
import type { ReactNode } from "react";
import { useHref, useNavigate } from "react-router";

interface Props {
  to: string;
  children: ReactNode;
  fontSize?: LinkProps["fontSize"];
  variant?: LinkProps.Variant;
  ariaLabel?: string;
}

export function Link({ to, children, ...rest }: Props) {
  const navigate = useNavigate();
  return (
    <CloudscapeLink
      href={useHref(to)}
      {...rest}
      onFollow={(event) => {
        // With a modifier the browser opens it elsewhere and this is not called.
        event.preventDefault();
        void navigate(to);
      }}
    >
      {children}
    </CloudscapeLink>
  );
}

/** The name of somebody's thing, whatever it is written in. */
export function Name({ children }: { children: string }) {
  return <bdi className="pawl-wrap">{children}</bdi>;
}
