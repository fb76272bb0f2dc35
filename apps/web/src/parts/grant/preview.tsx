import { Button } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { counted, EFFECTS, limitText } from '@writ/core';
import { useState } from 'react';
import { useApiList } from '../../api/queries.ts';
import { useProtected } from '../environment.tsx';
import { Inert } from '../inert.tsx';
import { GuardrailsLink } from '../rule-link.tsx';
import { outcomeDetail } from '../rule-words.ts';
import { Failure, Working } from '../states.tsx';
import { EffectTag, EnvironmentTag, OutcomeTag, outcomeOf } from '../tags.tsx';
import type { NewGrant } from './draft.ts';
import classes from './preview.module.css';
import { isHarmful, type Pair, pairsOf, previewSentences } from './words.ts';

type Preview = OutputOf<'grants.preview'>;
type Count = Preview['summary'][number];

interface Props {
  /** What is previewed: what the table cuts is read when a row is opened. */
  readonly grant: NewGrant;
  readonly preview: Preview | undefined;
  readonly isFetching?: boolean;
  readonly error?: unknown;
  /** What stands where there is nothing to tell yet. */
  readonly missing?: string;
}

/** What a grant lets happen, in sentences and in a table, and what stays impossible. */
export function PreviewTable({ grant, preview, isFetching = false, error, missing }: Props) {
  const isProtected = useProtected(grant.connection);
  if (preview === undefined) {
    if (error) return <Failure error={error} />;
    return isFetching ? <Working what="Asking what it would do ..." /> : <p className={classes.soft}>{missing}</p>;
  }
  const { summary, items, impossible, limits } = preview;
  const places = placesOf(summary, isProtected);
  return (
    <div className={classes.preview} aria-busy={isFetching}>
      <div className={classes.words} aria-live="polite">
        {previewSentences(grant.client_id, preview).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <table className={classes.table} aria-label="What it lets happen">
        <thead>
          <tr>
            <th scope="col">Effect</th>
            <th scope="col">Outcome</th>
            <th scope="col">Operations</th>
          </tr>
        </thead>
        {places.map(([environment, counts]) => (
          <tbody key={environment}>
            <tr>
              <th scope="rowgroup" colSpan={3} className={classes.place}>
                <EnvironmentTag slug={environment} isProtected={isProtected(environment)} />
              </th>
            </tr>
            {counts.map((count) => (
              <tr
                key={`${count.effect} ${count.outcome} ${count.approve} ${count.hold_minutes} ${count.quorum}`}
                data-harmful={isHarmful(count.effect) || undefined}
              >
                <td>
                  <EffectTag effect={count.effect} />
                </td>
                <td>
                  <OutcomeTag outcome={outcomeOf(count)} detail={outcomeDetail(count)} />
                </td>
                <td>
                  <Names grant={grant} count={count} pairs={pairsOf(items, count)} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {summary.some(({ outcome }) => outcome === 'deny') ? (
        <p className={classes.soft}>
          What is refused here is refused by a guardrail, whatever is granted:{' '}
          <GuardrailsLink connection={grant.connection}>the guardrails of {grant.connection}</GuardrailsLink>.
        </p>
      ) : null}
      {limits.map(({ limit, used }) => (
        <p key={limitText(limit)} className={classes.soft}>
          At most <code>{limitText(limit)}</code>; {used} used now.
        </p>
      ))}
      <Impossible impossible={impossible} />
    </div>
  );
}

/** Protected places first; in each the worst effect first. */
function placesOf(summary: readonly Count[], isProtected: ReturnType<typeof useProtected>) {
  const places = [...Map.groupBy(summary, ({ environment }) => environment)];
  const rank = (effect: Count['effect']): number => EFFECTS.indexOf(effect);
  const isFirst = (slug: string): number => Number(isProtected(slug) ?? false);
  return places
    .map(([slug, counts]) => [slug, counts.toSorted((one, other) => rank(other.effect) - rank(one.effect))] as const)
    .sort(([one], [other]) => isFirst(other) - isFirst(one));
}

interface NamesProps {
  readonly grant: NewGrant;
  readonly count: Count;
  readonly pairs: readonly Pair[];
}

/** The operations that a row counts: two at once, more when it is opened. */
function Names({ grant, count, pairs }: NamesProps) {
  const [isOpen, setOpen] = useState(false);
  const { operations: all, narrowed } = count;
  const only = narrowed === 0 ? '' : narrowed === all ? ', narrowed' : `, ${narrowed} narrowed`;
  if (all <= 2 && pairs.length === all)
    return (
      <>
        {pairs.map(({ operation }) => (
          <code key={operation}>
            <Inert text={operation} />
          </code>
        ))}
        {only === '' ? null : <span className={classes.soft}>{only.slice(2)}</span>}
      </>
    );
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{`${all}${only}`}</summary>
      {!isOpen ? null : pairs.length === all ? <Listed pairs={pairs} /> : <Rest grant={grant} count={count} />}
    </details>
  );
}

function Listed({ pairs }: { readonly pairs: readonly Pair[] }) {
  return (
    <div className={classes.names}>
      {pairs.map(({ operation }) => (
        <code key={operation}>
          <Inert text={operation} />
        </code>
      ))}
    </div>
  );
}

/** The names of a row that the preview did not bring, page by page. */
function Rest({ grant, count }: Omit<NamesProps, 'pairs'>) {
  const { environment, effect, operations } = count;
  const { items, more, query } = useApiList('grants.preview', { ...grant, environment, effect, limit: 1000 });
  if (items === undefined)
    return query.error ? (
      <Failure error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Working what="Reading ..." />
    );
  const pairs = pairsOf(items, count);
  return (
    <>
      <Listed pairs={pairs} />
      {pairs.length < operations && more ? (
        <Button variant="default" size="compact-xs" onClick={more}>
          Show more of the {operations}
        </Button>
      ) : null}
    </>
  );
}

function Impossible({ impossible }: Pick<Preview, 'impossible'>) {
  const refusing = impossible.filter(({ refused }) => refused > 0);
  if (refusing.length === 0) return null;
  return (
    <div className={classes.impossible}>
      <h3>Stays impossible</h3>
      <ul>
        {refusing.map(({ effect, refused, all }) => (
          <li key={effect}>
            <EffectTag effect={effect} />
            {refused === all ? (
              <strong>nothing of it: all {all} stay refused</strong>
            ) : (
              <span>
                {counted(refused, 'operation', 'operations')} of {all}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
