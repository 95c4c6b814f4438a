// SPDX-License-Identifier: Apache-2.0
// Instead of a list: that there is nothing, and what to do.
import Box from "@cloudscape-design/components/box";
import type { ReactNode } from "react";

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Box textAlign="center" color="text-body-secondary" padding={{ vertical: "l" }}>
      <Box variant="strong" color="inherit">
        {title}
      </Box>
      {children !== undefined && <Box padding={{ top: "xs" }} color="inherit">{children}</Box>}
    </Box>
  );
}
