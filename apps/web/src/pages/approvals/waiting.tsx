import { Button, Checkbox, UnstyledButton } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useApiList } from '../../api/queries.ts';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { TextLink } from '../../parts/link.tsx';
import { Empty, Failure, Loading } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useMe } from '../../shell/me.ts';
import { ApproveSeveral } from './approve-several.tsx';
import { FirstLine, Tags } from './first-line.tsx';
import { HoldCard } from './hold-card.tsx';
import inbox from './inbox.module.css';
import { canKey, useKeys } from './keys.ts';
import { Who, Why } from './why.tsx';
import { isGrave, yesesOf } from './words.ts';

/** What waits: first what runs out by itself, then what this person can answer, then what others can. */
export function Waiting() {
  const approvals = useApiList('approvals.list', { state: 'pending' });
  const holds = useApiList('holds.list', { open: 'true' });
  const cards = useRef<HTMLDivElement>(null);
  const { isOn, turn } = useMoves(cards);
  const { items } = approvals;
  if (items === undefined || holds.items === undefined) {
    const failed = [approvals.query, holds.query].find(({ error }) => error !== null);
    return failed ? <Failure error={failed.error} retry={() => void failed.refetch()} /> : <Loading lines={6} />;
  }
  if (items.length + holds.items.length === 0)
    return (
      <Empty title="Nothing waits" action={<TextLink to="/tasks">See what agents are doing</TextLink>}>
        Requests that a guardrail wants a person for come here by themselves, and so do calls that wait for their time.
      </Empty>
    );
  const mine = items.filter(({ may_approve }) => may_approve);
  const others = items.filter(({ may_approve }) => !may_approve);
  return (
    <div ref={cards} className={inbox.groups}>
      {holds.items.length > 0 ? (
        <Group title="Runs out">
          {holds.items.map((hold) => (
            <HoldCard key={hold.id} hold={hold} />
          ))}
        </Group>
      ) : null}
      {mine.length > 0 ? <Mine approvals={mine} /> : null}
      {others.length > 0 ? (
        <Group title={mine.length > 0 ? 'For others to answer' : 'Waits for an answer'}>
          {others.map((approval) => (
            <Card key={approval.id} approval={approval} />
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
            approvals.more?.();
            holds.more?.();
          }}
        >
          Show more
        </Button>
      ) : null}
      <p className={inbox.keys}>
        {isOn ? (
          <>
            <kbd>j</kbd> <kbd>k</kbd> move, <kbd>enter</kbd> opens, <kbd>esc</kbd> goes back.{' '}
          </>
        ) : (
          'Keys are off. '
        )}
        <UnstyledButton className={inbox.textButton} onClick={turn}>
          Turn keys {isOn ? 'off' : 'on'}
        </UnstyledButton>
      </p>
    </div>
  );
}

/** j and k move from card to card. */
function useMoves(cards: { readonly current: HTMLElement | null }) {
  const keys = useKeys();
  const move = (by: number) => (): void => {
    if (!keys.isOn || !canKey()) return;
    const links = [...(cards.current?.querySelectorAll<HTMLElement>('[data-card]') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.min(links.length - 1, Math.max(0, at + by))]?.focus();
  };
  useHotkeys([
    ['j', move(1)],
    ['k', move(-1)],
  ]);
  return keys;
}

function Group({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section aria-label={title} className={inbox.group}>
      <h2 className={inbox.groupTitle}>{title}</h2>
      {children}
    </section>
  );
}

/** What this person can answer; what neither destroys nor escalates can be picked, and approved together. */
function Mine({ approvals }: { readonly approvals: readonly Approval[] }) {
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
  const isSeveral = approvals.filter(canPick).length > 1;
  return (
    <>
      <Group title="Waits for you">
        {approvals.map((approval) => (
          <Card
            key={approval.id}
            approval={approval}
            pick={
              isSeveral && canPick(approval) ? (
                <Checkbox
                  aria-label={`Pick ${approval.operations.join(', ')}`}
                  checked={chosen.includes(approval)}
                  onChange={(event) => pick(approval, event.currentTarget.checked)}
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

function Card({ approval, pick }: { readonly approval: Approval; readonly pick?: React.ReactNode }) {
  const { id, task, expires_at } = approval;
  return (
    <article className={inbox.card} data-picked={pick ? true : undefined}>
      {pick ? <div className={inbox.pick}>{pick}</div> : null}
      <div className={inbox.cardBody}>
        <TextLink to="/approvals/$id" params={{ id }} data-card className={inbox.cardLink ?? ''} underline="never">
          <FirstLine {...approval} />
        </TextLink>
        <Tags {...approval} />
        <p className={inbox.cardFacts}>
          <q className={inbox.purpose}>
            {task.purpose === null ? 'no purpose was given' : <Inert text={task.purpose} />}
          </q>
          <span>
            <Why approval={approval} />
          </span>
          <span>
            Can answer: <Who approval={approval} />
          </span>
          <span>
            ends <Time at={expires_at} />
          </span>
        </p>
      </div>
    </article>
  );
}
