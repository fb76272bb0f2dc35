import { useLocalStorage } from '@mantine/hooks';

/** Whether single letters are keys of the page. People who speak to their computer switch them off. */
export function useKeys(): { readonly isOn: boolean; readonly turn: () => void } {
  const [value, set] = useLocalStorage<'on' | 'off'>({ key: 'writ-keys', defaultValue: 'on' });
  return { isOn: value === 'on', turn: () => set(value === 'on' ? 'off' : 'on') };
}

/** Whether a key is meant for the page: not while a dialog or a menu is open over it. */
export function canKey(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"]') === null;
}
