import { ActionIcon, Menu, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import {
  IconClipboardList,
  IconClock,
  IconDots,
  IconInbox,
  IconLogout,
  IconMoon,
  IconPlug,
  IconRobot,
  IconSearch,
  IconSun,
  IconTicket,
  IconUser,
  IconUsers,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { inert } from '@writ/core';
import { type ComponentType, type ReactNode, Suspense, useEffect, useState } from 'react';
import { callOnce, isSignedOut, Unreachable } from '../api/client.ts';
import { useLiveQueries } from '../api/live.ts';
import { useMe } from '../api/me.ts';
import { Inert } from '../parts/inert.tsx';
import { later } from '../parts/later.ts';
import { WaitingContext } from '../parts/page.tsx';
import { sentenceOf } from '../parts/states.tsx';
import { useExactTimes } from '../parts/time.tsx';
import classes from './frame.module.css';
import { FreezeButton } from './freeze.tsx';

const Palette = later(async () => (await import('./palette.tsx')).Palette);

interface Place {
  readonly to: string;
  readonly name: string;
  readonly Icon: ComponentType<{ readonly size?: number; readonly 'aria-hidden'?: boolean }>;
}

/** Where one can go, most wanted first. The first four have a place under the thumb on a narrow screen. */
const PLACES: readonly Place[] = [
  { to: '/approvals', name: 'Inbox', Icon: IconInbox },
  { to: '/grants', name: 'Grants', Icon: IconTicket },
  { to: '/clients', name: 'Clients', Icon: IconRobot },
  { to: '/connections', name: 'Connections', Icon: IconPlug },
  { to: '/tasks', name: 'Tasks', Icon: IconClipboardList },
  { to: '/people', name: 'People', Icon: IconUsers },
];
const UNDER_THUMB = 4;

/** The frame of every signed-in page: where one is, where one can go, what waits, and the way to stop everything. */
export function Frame() {
  const { approvals, holds } = useMe().waiting;
  const waiting = approvals + holds;
  const [asked, setAsked] = useState(0);
  const find = (): void => setAsked((times) => times + 1);
  useHotkeys([['mod+K', find]], []);
  useLiveQueries();
  useTabBadge(waiting);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      <nav className={classes.side} aria-label="Writ">
        <Wordmark />
        <UnstyledButton className={classes.search} onClick={find}>
          <IconSearch size={15} aria-hidden /> Find <kbd>{isMac() ? '⌘' : 'Ctrl'} K</kbd>
        </UnstyledButton>
        <ul>
          {PLACES.map((place) => (
            <li key={place.to}>
              <PlaceLink place={place} waiting={waiting} />
            </li>
          ))}
        </ul>
        <div className={classes.foot}>
          <FreezeButton />
          <Account />
        </div>
      </nav>
      <header className={classes.top}>
        <Wordmark />
        <span className={classes.topActions}>
          <ActionIcon variant="subtle" color="quiet" size="lg" aria-label="Find" onClick={find}>
            <IconSearch size={18} aria-hidden />
          </ActionIcon>
          <FreezeButton compact />
        </span>
      </header>
      <main id="page" className={classes.main} tabIndex={-1}>
        <WaitingContext value={waiting}>
          <Outlet />
        </WaitingContext>
      </main>
      <nav className={classes.thumb} aria-label="Places">
        {PLACES.slice(0, UNDER_THUMB).map((place) => (
          <PlaceLink key={place.to} place={place} waiting={waiting} />
        ))}
        <More places={PLACES.slice(UNDER_THUMB)} />
      </nav>
      {asked > 0 ? (
        <Suspense>
          <Palette places={PLACES} asked={asked} />
        </Suspense>
      ) : null}
    </div>
  );
}

function PlaceLink({ place: { to, name, Icon }, waiting }: { readonly place: Place; readonly waiting: number }) {
  const isInbox = to === '/approvals';
  return (
    <Link to={to} className={classes.place ?? ''} activeProps={{ 'data-active': true, 'aria-current': 'page' }}>
      <Icon size={17} aria-hidden />
      <span>{name}</span>
      {isInbox && waiting > 0 ? (
        <span className={classes.badge}>
          <span aria-hidden>{waiting > 99 ? '99+' : waiting}</span>
          <span className={classes.unseen}>{waiting} waiting</span>
        </span>
      ) : null}
    </Link>
  );
}

function Wordmark() {
  return (
    <Link to="/approvals" className={classes.wordmark ?? ''} aria-label="Writ">
      <img src="/seal.svg" alt="" width={22} height={22} />
      writ
    </Link>
  );
}

function Account() {
  const { name, role } = useMe();
  return (
    <Menu position="top-start" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.account}>
          <IconUser size={17} aria-hidden />
          <span>
            <Inert text={name} />
            <small>{role}</small>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** What belongs to the person: the account, the colours, the way out. */
function AccountItems() {
  const client = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  const [isExact, setExact] = useExactTimes();
  const [failed, setFailed] = useState<unknown>();
  const signOut = async (): Promise<void> => {
    setFailed(undefined);
    try {
      await callOnce('session.delete', {});
    } catch (error) {
      // A session that has ended already is what was wanted.
      if (!isSignedOut(error)) return setFailed(error);
    }
    client.clear();
    location.assign('/');
  };
  return (
    <>
      <Menu.Item component={Link} to="/account" leftSection={<IconUser size={15} aria-hidden />}>
        My account
      </Menu.Item>
      <Menu.Item
        leftSection={other === 'dark' ? <IconMoon size={15} aria-hidden /> : <IconSun size={15} aria-hidden />}
        onClick={() => setColorScheme(other)}
      >
        {other === 'dark' ? 'Dark colours' : 'Light colours'}
      </Menu.Item>
      <Menu.Item leftSection={<IconClock size={15} aria-hidden />} onClick={() => setExact(!isExact)}>
        {isExact ? 'Relative times' : 'Exact times'}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconLogout size={15} aria-hidden />}
        closeMenuOnClick={false}
        onClick={() => void signOut()}
      >
        Sign out
      </Menu.Item>
      {failed === undefined ? null : (
        <Menu.Label role="alert">
          {failed instanceof Unreachable ? 'Writ does not answer.' : inert(sentenceOf(failed))} You may still be signed
          in: try again.
        </Menu.Label>
      )}
    </>
  );
}

function More({ places }: { readonly places: readonly Place[] }): ReactNode {
  return (
    <Menu position="top-end" width={220}>
      <Menu.Target>
        <UnstyledButton className={classes.place}>
          <IconDots size={17} aria-hidden />
          <span>More</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {places.map(({ to, name, Icon }) => (
          <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={15} aria-hidden />}>
            {name}
          </Menu.Item>
        ))}
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The tab tells that somebody waits, wherever the person is looking. */
function useTabBadge(waiting: number): void {
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null) icon.href = waiting > 0 ? '/seal-waiting.svg' : '/seal.svg';
  }, [waiting]);
}

function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}
