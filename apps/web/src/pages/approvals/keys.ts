import { useLocalStorage } from '@mantine/hooks';

/** Whether single letters are keys of the page. People who speak to their computer switch them off. */
export function useKeys(): { readonly isOn: boolean; readonly turn: () => void } {
  const [value, set] = useLocalStorage<'on' | 'off'>({ key: 'writ-keys', defaultValue: 'on' });
  return { isOn: value === 'on', turn: () => set(value === 'on' ? 'off' : 'on') };
}

/** Whether nothing else lies over a dialog: escape is for the topmost alone. */
export function isTopmost(): boolean {
  return document.querySelectorAll('[role="dialog"]').length <= 1;
}

const OVER = '[role="dialog"], [role="menu"]';

/** Whether something lay over the page when the key went down: who asks later may find it closed by that very key. */
let wasCovered = false;
addEventListener(
  'keydown',
  () => {
    wasCovered = document.querySelector(OVER) !== null;
  },
  { capture: true },
);

/** Whether the key that has just gone down is meant for the page: not while a dialog or a menu was open over it. */
export function canKey(): boolean {
  return !wasCovered && document.querySelector(OVER) === null;
}
