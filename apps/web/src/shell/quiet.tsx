import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './quiet.module.css';

/** A page with one thing to do, for people who are not signed in. */
export function Quiet({
  title,
  children,
  wide = false,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly wide?: boolean;
}) {
  useDocumentTitle(`${title} · Writ`);
  return (
    <main className={classes.quiet} data-wide={wide || undefined}>
      <div className={classes.mark}>
        <img src="/seal.svg" alt="" width={26} height={26} />
        writ
      </div>
      <div className={classes.card}>
        <Title order={1}>{title}</Title>
        {children}
      </div>
    </main>
  );
}
