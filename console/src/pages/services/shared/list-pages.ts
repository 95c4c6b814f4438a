// SPDX-License-Identifier: Apache-2.0
// Listings as what usePages gives: of an operation with a token, or of what is there already.
import { useMemo } from "react";
import { call } from "../../../api/console-api";
import { type Page, type Pages, usePages } from "../../../api/use-pages";
import type { Loaded } from "../../../api/use-call";

interface Listing<Output, Item> {
  service: string;
  operation: string;
  input?: object;
  /** The member of the input that has the token, and where the next one is in the output. */
  tokenMember?: string;
  tokenOf?: (output: Output) => string | undefined;
  itemsOf: (output: Output) => Item[] | undefined;
}

export function useListing<Output, Item>(listing: Listing<Output, Item>, options: { enabled?: boolean } = {}): Pages<Item> {
  const { service, operation, input = {}, tokenMember = "NextToken" } = listing;
  const tokenOf = listing.tokenOf ?? ((output: Output) => (output as Record<string, string | undefined>)[tokenMember]);
  return usePages<Item>(
    JSON.stringify([service, operation, input]),
    async (token, signal): Promise<Page<Item>> => {
      const output = await call<Output>(service, operation, token === undefined ? input : { ...input, [tokenMember]: token }, signal);
      return { items: listing.itemsOf(output) ?? [], nextToken: tokenOf(output) || undefined };
    },
    options,
  );
}

/** What was loaded whole, as one page. */
export function useOnePage<Data, Item>(loaded: Loaded<Data>, itemsOf: (data: Data) => Item[] | undefined): Pages<Item> {
  const { data, error, isLoading, reload } = loaded;
  // What is in `data` is all that `itemsOf` may look at.
  const items = useMemo(() => (data === undefined ? [] : (itemsOf(data) ?? [])), [data]);
  return { items, error, isLoading, hasMore: false, loadMore: reload, reload };
}
