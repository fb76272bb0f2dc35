import { Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { inert } from '@writ/core';
import { createContext, type ReactNode, useContext } from 'react';
import { Inert } from './inert.tsx';
import classes from './page.module.css';

/** How much waits for a person, told in the title of every page. */
export const WaitingContext = createContext(0);

interface PageProps {
  readonly title: string;
  /** The heading, where it is more than the title's plain text. */
  readonly heading?: ReactNode;
  /** One sentence: what this page is for. */
  readonly about?: ReactNode;
  /** Buttons, the main one last. */
  readonly actions?: ReactNode;
  /** Where it stands: a link back to the list. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of every page: one heading, its buttons, and the document's title. */
export function Page({ title, heading = <Inert text={title} />, about, actions, above, children }: PageProps) {
  const waiting = useContext(WaitingContext);
  useDocumentTitle(`${waiting > 0 ? `(${waiting}) ` : ''}${inert(title)} · Writ`);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div className={classes.words}>
          {above ? <div className={classes.above}>{above}</div> : null}
          <Title order={1}>{heading}</Title>
          {about ? <p className={classes.about}>{about}</p> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {children}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, on a surface of its own. */
export function Section({ title, about, actions, children }: SectionProps) {
  return (
    <section className={classes.section} aria-label={inert(title)}>
      <header className={classes.sectionHeader}>
        <div>
          <Title order={2}>
            <Inert text={title} />
          </Title>
          {about ? <p className={classes.about}>{about}</p> : null}
        </div>
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {children}
    </section>
  );
}

/** Facts as pairs of a name and a value. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
