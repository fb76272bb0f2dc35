import { Tabs } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import { Loading } from './states.tsx';
import { useTabInView } from './tab-in-view.ts';
import classes from './tabs.module.css';

/** A part of a page: the word in its address, its name, and what it shows once it is open. */
export type PageTab = readonly [id: string, name: string, body: () => ReactNode];

interface PageTabsProps {
  /** Whose parts they are, for who does not see them. */
  readonly label: string;
  readonly tabs: readonly [PageTab, ...PageTab[]];
  /** What the address says, whoever wrote it: one that is not there, or not for this person, is the first. */
  readonly wanted: string | undefined;
  readonly open: (id: string) => void;
}

/** The parts of a page, one at a time; each is loaded when it is opened. */
export function PageTabs({ label, tabs, wanted, open }: PageTabsProps) {
  const [tab] = tabs.find(([id]) => id === wanted) ?? tabs[0];
  const row = useTabInView(tab);
  return (
    <Tabs value={tab} onChange={(next) => next !== null && open(next)} keepMounted={false}>
      <Tabs.List aria-label={label} className={classes.tabs ?? ''} ref={row}>
        {tabs.map(([id, name]) => (
          <Tabs.Tab key={id} value={id}>
            {name}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(([id, , body]) => (
        <Tabs.Panel key={id} value={id} className={classes.panel ?? ''}>
          <Suspense fallback={<Loading />}>{body()}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
