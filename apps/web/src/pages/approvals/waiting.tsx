import { Button, Checkbox } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { inert } from '@writ/core';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { useMe } from '../../api/me.ts';
import { useApiList } from '../../api/queries.ts';
import { type Approval, firstLineText } from '../../parts/gist.ts';
import { TextLink } from '../../parts/link.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { ApprovalCard } from './approval-card.tsx';
import { ApproveSeveral } from './approve-several.tsx';
import { HoldCard } from './hold-card.tsx';
import inbox from './inbox.module.css';
import { canKey, useKeys } from './keys.ts';
import { KeysHint } from './keys-hint.tsx';
import type { Card } from './steady.ts';
import { isHandAway, useSteady } from './use-steady.ts';
import { isGrave, yesesOf } from './words.ts';

/** What waits: first what runs out by itself, then what this person can answer, then what others can. */
export function Waiting() {
  const approvals = useApiList('approvals.list', { state: 'pending' });
  const holds = useApiList('holds.list', { open: 'true' });
  const place = useRef<HTMLDivElement>(null);
  const mayMove = useCallback(() => isHandAway(place.current), []);
  const asked = useSteady(approvals.items, mayMove);
  const held = useSteady(holds.items, mayMove);
  useMoves(place);
  const show = (): void => {
    asked.show();
    held.show();
  };
  const settle = (): void => void (mayMove() && show());
  if (asked.cards === undefined || held.cards === undefined) {
    const failed = [approvals.query, holds.query].find(({ error }) => error !== null);
    return failed ? <Failure error={failed.error} retry={() => void failed.refetch()} /> : <Loading lines={6} />;
  }
  if (asked.cards.length + held.cards.length === 0)
    return (
      <Empty title="Nothing waits" action={<TextLink to="/tasks">See what clients are doing</TextLink>}>
        Requests that a guardrail wants a person for come here by themselves, and so do calls that wait for their time.
      </Empty>
    );
  const mine = asked.cards.filter(({ first }) => first.may_approve);
  const others = asked.cards.filter(({ first }) => !first.may_approve);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nobody acts on it; it only knows when a hand has gone.
    <div ref={place} className={inbox.groups} onPointerLeave={settle} onBlur={settle}>
      <More count={asked.more + held.more} show={show} />
      {held.cards.length > 0 ? (
        <Group title="Runs out">
          {held.cards.map((card) => (
            <HoldCard key={card.first.id} card={card} />
          ))}
        </Group>
      ) : null}
      {mine.length > 0 ? <Mine cards={mine} /> : null}
      {others.length > 0 ? (
        <Group title={mine.length > 0 ? 'For others to answer' : 'Waits for an answer'}>
          {others.map((card) => (
            <ApprovalCard key={card.first.id} card={card} />
          ))}
        </Group>
      ) : null}
      {[approvals, holds].map(({ query }, list) =>
        query.isFetchNextPageError ? (
          <Failure
            key={list === 0 ? 'approvals' : 'holds'}
            error={query.error}
            retry={() => void query.fetchNextPage()}
          />
        ) : null,
      )}
      {approvals.more || holds.more ? (
        <Button
          variant="default"
          onClick={() => {
            asked.follow();
            held.follow();
            approvals.more?.();
            holds.more?.();
          }}
        >
          Show more requests
        </Button>
      ) : null}
      <KeysHint>
        <kbd>j</kbd> <kbd>k</kbd> move, <kbd>enter</kbd> opens, <kbd>esc</kbd> goes back.
      </KeysHint>
    </div>
  );
}

/** Says over the cards that others wait: they come when they are asked for, and move nothing before. */
function More({ count, show }: { readonly count: number; readonly show: () => void }) {
  return (
    <div className={inbox.came} role="status">
      {count === 0 ? null : (
        <Button variant="default" radius="xl" onClick={show}>
          {count === 1 ? '1 more waits: show it' : `${count} more wait: show them`}
        </Button>
      )}
    </div>
  );
}

/** j and k move from card to card. */
function useMoves(cards: { readonly current: HTMLElement | null }): void {
  const { isOn } = useKeys();
  const move = (by: number) => (): void => {
    if (!isOn || !canKey()) return;
    const links = [...(cards.current?.querySelectorAll<HTMLElement>('[data-card]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useHotkeys([
    ['j', move(1)],
    ['k', move(-1)],
  ]);
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className={inbox.group}>
      <h2 className={inbox.groupTitle}>{title}</h2>
      {children}
    </section>
  );
}

/** What this person can answer; what neither destroys nor escalates can be picked, and approved together. */
function Mine({ cards }: { readonly cards: readonly Card<Approval>[] }) {
  const approvals = cards.flatMap(({ now }) => now ?? []);
  const [picked, setPicked] = useState<ReadonlyMap<string, string>>(new Map());
  const me = useMe();
  const canPick = (approval: Approval): boolean =>
    approval.kind === 'request' && !isGrave(approval) && !yesesOf(approval).some(({ user }) => user.id === me.id);
  // What has changed since it was picked is picked no more.
  const chosen = approvals.filter((approval) => canPick(approval) && picked.get(approval.id) === approval.version);
  const pick = ({ id, version }: Approval, on: boolean): void => {
    const next = new Map(picked);
    if (on) next.set(id, version);
    else next.delete(id);
    setPicked(next);
  };
  const isSeveral = cards.filter(({ first }) => canPick(first)).length > 1;
  return (
    <>
      <Group title="Waits for you">
        {cards.map((card) => (
          <ApprovalCard
            key={card.first.id}
            card={card}
            pick={
              isSeveral && canPick(card.first) ? (
                <Checkbox
                  aria-label={`Pick ${inert(firstLineText(card.first))}`}
                  disabled={card.now === undefined}
                  checked={card.now !== undefined && chosen.includes(card.now)}
                  onChange={(event) => card.now && pick(card.now, event.currentTarget.checked)}
                />
              ) : null
            }
          />
        ))}
      </Group>
      {chosen.length > 0 ? <ApproveSeveral approvals={chosen} done={() => setPicked(new Map())} /> : null}
    </>
  );
}
