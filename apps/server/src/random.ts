import { randomBytes } from 'node:crypto';
import type { RandomBytes } from '@writ/core';

/** How many bytes are asked of the system at once. */
const POOL = 4096;

/**
 * Makes a source of the system's random bytes that asks for many at once: asking costs more than the few that an id needs. Every byte
 * is given out once and then zeroed in the pool.
 */
export function pooledRandomBytes(): RandomBytes {
  let pool = new Uint8Array(0);
  return (size) => {
    if (size > POOL) return randomBytes(size);
    if (size > pool.length) pool = Uint8Array.from(randomBytes(POOL));
    const given = pool.slice(0, size);
    pool.fill(0, 0, size);
    pool = pool.subarray(size);
    return given;
  };
}
