import { INTROSPECTION_TEXT, type Introspection, introspectionAnswer } from '../../graphql/live/introspection.ts';
import type { Document } from './question.ts';

/** The provider's live schema. */
export const SCHEMA: Document<Introspection> = {
  name: 'schema.live',
  text: INTROSPECTION_TEXT,
  data: introspectionAnswer,
};
