import { Button } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useState } from 'react';
import { useMe } from '../api/me.ts';
import { Inert } from '../parts/inert.tsx';
import { TextLink } from '../parts/link.tsx';
import { Section } from '../parts/page.tsx';
import { Time } from '../parts/time.tsx';
import classes from './notices.module.css';
import { toldOf } from './told.ts';

/** How many are read at once. */
const FIRST = 3;

/** What a person must know of that others did, until they have read it. As it stood when the page was opened: nothing moves under a finger. */
export function Notices() {
  const { id, notices } = useMe();
  const [opened] = useState(notices);
  const [isAll, setAll] = useState(false);
  const key = `writ-told-${id}`;
  const [read, setRead] = useLocalStorage({ key, defaultValue: '', getInitialValueInEffect: false });
  const unread = opened.filter(({ at }) => at > read);
  const [newest] = unread;
  if (newest === undefined) return null;
  const rest = isAll ? 0 : Math.max(0, unread.length - FIRST);
  return (
    <Section
      title="What others did"
      actions={
        <Button variant="default" size="xs" onClick={() => setRead(newest.at)}>
          I have read it
        </Button>
      }
    >
      <ul className={classes.list}>
        {unread.slice(0, unread.length - rest).map(({ at, detail }) => {
          const { words, place } = toldOf(detail);
          return (
            <li key={`${at} ${detail}`}>
              <span className={classes.at}>
                <Time at={at} />
              </span>
              <span>
                <Inert text={words} />{' '}
                {place ? (
                  <TextLink underline="always" {...place}>
                    Look at it, or take it back
                  </TextLink>
                ) : null}
              </span>
            </li>
          );
        })}
      </ul>
      {rest === 0 ? null : (
        <div>
          <Button variant="default" size="xs" onClick={() => setAll(true)}>
            Show {rest} more
          </Button>
        </div>
      )}
    </Section>
  );
}
