import { merge, type Operations } from '../build.ts';
export const queries: Operations = merge([]);
