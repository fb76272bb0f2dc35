import { z } from 'zod';

/** A page of a Relay connection: one with a null edge or without page info is not an answer. */
export function connection<T>(node: z.ZodType<T>) {
  return z.object({
    edges: z.array(z.object({ node })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
  });
}

/** What `connection` reads. */
export interface Connection<T> {
  readonly edges: readonly { readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

/** The selection of a page's own fields. */
export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

/** An opaque id of the provider: never empty. */
export const id = z.string().min(1);
