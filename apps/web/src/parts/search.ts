import { useDebouncedValue } from '@mantine/hooks';
import { type ChangeEvent, useState } from 'react';

/** How long a person's typing rests before the broker is asked about what was typed, in milliseconds. */
export const REST = 250;

/** What is looked for in a list: `field` is given to the input, `q` is what to ask for, and empty where nothing was typed. */
export function useSearch() {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), REST);
  const onChange = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => setTyped(currentTarget.value);
  return { q, field: { value: typed, maxLength: 200, onChange } };
}
