import { z } from 'zod';

/** The page of a Relay connection: a null edge or a missing page info is not an answer. */
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

/** The selection of a page's plumbing. */
export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

/** An opaque id of the provider: never empty. */
export const id = z.string().min(1);
