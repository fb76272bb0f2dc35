/** An object without its undefined members: those that could be undefined are optional. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * Leaves out the members that are undefined, as `exactOptionalPropertyTypes` wants it: `{ a, ...defined({ b, c }) }`. A member that
 * is computed, or left out for another reason, is spread on its condition: `...(b > 0 && { b })`. That is quicker too, so what runs
 * for every request of the gateway does so throughout.
 */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
