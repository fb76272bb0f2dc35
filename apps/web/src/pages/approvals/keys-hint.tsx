import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import inbox from './inbox.module.css';
import { useKeys } from './keys.ts';

/** Tells which keys there are, and switches them off and on. `children`: what they do here. */
export function KeysHint({ children }: { readonly children: ReactNode }) {
  const { isOn, turn } = useKeys();
  return (
    <p className={inbox.keys}>
      {isOn ? <>{children} </> : 'Keys are off. '}
      <UnstyledButton className={inbox.textButton} onClick={turn}>
        Turn keys {isOn ? 'off' : 'on'}
      </UnstyledButton>
    </p>
  );
}
