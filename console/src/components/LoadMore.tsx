// SPDX-License-Identifier: Apache-2.0
// Below a list that comes in pages: the next one.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";

interface Props {
  pages: { isLoading: boolean; loadMore: () => void };
  /** What there is more of: "buckets". */
  noun: string;
}

export function LoadMore({ pages, noun }: Props) {
  return (
    <Box textAlign="center">
      <Button variant="inline-link" loading={pages.isLoading} onClick={pages.loadMore}>
        Load more {noun}
      </Button>
    </Box>
  );
}
