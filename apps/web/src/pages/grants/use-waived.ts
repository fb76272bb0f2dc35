import { useState } from 'react';

/** The questions of presets that somebody says need no answer; `waive` says so, and takes it back. */
export function useWaived() {
  const [waived, setWaived] = useState<readonly string[]>([]);
  const waive = (question: string): void =>
    setWaived((all) => (all.includes(question) ? all.filter((each) => each !== question) : [...all, question]));
  return { waived, waive };
}
