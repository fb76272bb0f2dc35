import type { BlastItem, BlastRadius } from '@writ/core';

/** A blast radius being put together; each item once. */
export class Blast {
  readonly #dies = new Map<string, BlastItem>();
  readonly #lost = new Map<string, BlastItem>();
  readonly #left = new Map<string, BlastItem>();
  readonly #unknown = new Set<string>();

  dies(item: BlastItem): void {
    this.#dies.set(`${item.kind}:${item.id}`, item);
  }

  backupLost(item: BlastItem): void {
    this.#lost.set(item.id, item);
  }

  backupLeft(item: BlastItem): void {
    this.#left.set(item.id, item);
  }

  unknown(what: string): void {
    this.#unknown.add(what);
  }

  /** The radius; a backup that one operation loses is not left by another. */
  finish(): BlastRadius {
    const left = [...this.#left.values()].filter(({ id }) => !this.#lost.has(id));
    left.sort((one, other) => madeAt(other) - madeAt(one));
    return {
      dies: [...this.#dies.values()],
      backups_lost: [...this.#lost.values()],
      backups_left: left.map((item, index) => (index === 0 ? { ...item, newest: true } : item)),
      unknown: [...this.#unknown],
    };
  }
}

/** Milliseconds; a time that cannot be read counts as the oldest. */
function madeAt({ facts }: BlastItem): number {
  return Date.parse(String(facts['created_at'])) || 0;
}
