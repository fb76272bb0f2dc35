import type { FieldReview } from '../../../catalog.ts';
export const fields: Readonly<Record<string, Readonly<Record<string, FieldReview>>>> = {};
