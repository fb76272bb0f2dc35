import { useSyncExternalStore } from 'react';

/** A state of the whole page that is either on or off, and that work can wait for the end of. */
export interface Gate {
  open(): void;
  close(): void;
  isOpen(): boolean;
  /** Resolves as soon as the gate is closed. */
  passed(): Promise<void>;
  subscribe(listener: () => void): () => void;
}

/** Makes a gate that is closed. */
export function createGate(): Gate {
  let open = false;
  const listeners = new Set<() => void>();
  const set = (value: boolean): void => {
    if (open === value) return;
    open = value;
    for (const listener of [...listeners]) listener();
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    open: () => set(true),
    close: () => set(false),
    isOpen: () => open,
    passed: () =>
      new Promise((resolve) => {
        if (!open) return resolve();
        const leave = subscribe(() => {
          if (open) return;
          leave();
          resolve();
        });
      }),
    subscribe,
  };
}

/** Tells a component whether the gate is open. */
export function useGate(gate: Gate): boolean {
  return useSyncExternalStore(gate.subscribe, gate.isOpen);
}
