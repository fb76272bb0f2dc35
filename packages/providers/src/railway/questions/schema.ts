import type { Document } from '../../graphql/ask/documents.ts';
import { INTROSPECTION_TEXT, type Introspection, introspectionAnswer } from '../../graphql/live/introspection.ts';

/** The provider's live schema. */
export const SCHEMA: Document<Introspection> = {
  name: 'schema.live',
  text: INTROSPECTION_TEXT,
  data: introspectionAnswer,
};
