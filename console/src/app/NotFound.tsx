// SPDX-License-Identifier: Apache-2.0
// An address that is no page.
import Box from "@cloudscape-design/components/box";
import { Link } from "../components/Link";

export function NotFound() {
  return (
    <Box padding="xxl" textAlign="center">
      <Box variant="h1">There is no such page</Box>
      <Box padding="s">
        <Link to="/">Overview</Link>
      </Box>
    </Box>
  );
}
