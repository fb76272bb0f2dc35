import { z } from 'zod';

/** The names in the provider's live schema. */
export const SCHEMA = {
  name: 'schema.names',
  text: `query WritSchema {
  __schema { types { name kind fields(includeDeprecated: true) { name } } }
}`,
  data: z.object({
    __schema: z.object({
      types: z.array(
        z.object({
          name: z.string().nullish(),
          kind: z.string(),
          fields: z.array(z.object({ name: z.string() })).nullish(),
        }),
      ),
    }),
  }),
};
