/** The type of an object without its undefined members: each member that could be undefined is optional. */
export type Defined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/**
 * Returns an object without its undefined members, as `exactOptionalPropertyTypes` requires: `{ a, ...defined({ b, c }) }`. For a member
 * that depends on another condition, write `...(b > 0 && { b })` instead. That is faster too, and therefore always used in code that runs
 * for every request of the gateway.
 */
export function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
