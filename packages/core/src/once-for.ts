/**
 * Returns a function that makes a value from an object once, and keeps it as long as the object exists: for values that never change. If
 * `make` throws, nothing is kept.
 */
export function onceFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    let known = made.get(key);
    if (known === undefined) {
      known = { value: make(key) };
      made.set(key, known);
    }
    return known.value;
  };
}
