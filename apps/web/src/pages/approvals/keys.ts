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

/** Whether a key is meant for the page: not while a dialog or a menu is open over it. */
export function canKey(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') === null;
}
