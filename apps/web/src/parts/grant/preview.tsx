import type { OutputOf } from '@writ/api';
import { counted, limitText } from '@writ/core';
import { outcomeDetail } from '../rule-words.ts';
import { Failure, Working } from '../states.tsx';
import { EffectTag, EnvironmentTag, OutcomeTag, outcomeOf } from '../tags.tsx';
import classes from './preview.module.css';
import { isHarmful, type Pair, pairsOf, previewSentences } from './words.ts';

type Preview = OutputOf<'grants.preview'>;

interface Props {
  readonly client_id: string;
  readonly preview: Preview | undefined;
  readonly isProtected: ReadonlySet<string>;
  readonly isFetching?: boolean;
  readonly error?: unknown;
  /** What stands where there is nothing to tell yet. */
  readonly missing?: string;
}

/** What a grant lets happen, in sentences and in a table, and what stays impossible. */
export function PreviewTable({ client_id, preview, isProtected, isFetching = false, error, missing }: Props) {
  if (preview === undefined) {
    if (error) return <Failure error={error} />;
    return isFetching ? <Working what="Asking what it would do ..." /> : <p className={classes.soft}>{missing}</p>;
  }
  const { summary, items, impossible, limits, next_cursor } = preview;
  const places = [...Map.groupBy(summary, ({ environment }) => environment)];
  return (
    <div className={classes.preview} aria-busy={isFetching}>
      <div className={classes.words} aria-live="polite">
        {previewSentences(client_id, preview).map((sentence) => (
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
                <EnvironmentTag slug={environment} isProtected={isProtected.has(environment)} />
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
                  <Names pairs={pairsOf(items, count)} all={count.operations} narrowed={count.narrowed} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
      {next_cursor === null ? null : (
        <p className={classes.soft}>All are counted; the names of the first {items.length} are listed.</p>
      )}
      {limits.map(({ limit, used }) => (
        <p key={limitText(limit)} className={classes.soft}>
          At most <code>{limitText(limit)}</code>; {used} used now.
        </p>
      ))}
      <Impossible impossible={impossible} />
    </div>
  );
}

/** The most names of one row that are written out. */
const MOST_NAMES = 200;

function Names({
  pairs,
  all,
  narrowed,
}: {
  readonly pairs: readonly Pair[];
  readonly all: number;
  readonly narrowed: number;
}) {
  const only = narrowed === 0 ? '' : narrowed === all ? ', narrowed' : `, ${narrowed} narrowed`;
  if (pairs.length === 0) return <>{`${all}${only}`}</>;
  if (all <= 2)
    return (
      <>
        {pairs.map(({ operation }) => (
          <code key={operation}>{operation}</code>
        ))}
        {only === '' ? null : <span className={classes.soft}>{only.slice(2)}</span>}
      </>
    );
  return (
    <details>
      <summary>{`${all}${only}`}</summary>
      <div className={classes.names}>
        {pairs.slice(0, MOST_NAMES).map((pair) => (
          <code key={pair.operation}>{pair.operation}</code>
        ))}
        {pairs.length < all || pairs.length > MOST_NAMES ? <span>and more</span> : null}
      </div>
    </details>
  );
}

function Impossible({ impossible }: Pick<Preview, 'impossible'>) {
  return (
    <div className={classes.impossible}>
      <h3>Stays impossible</h3>
      <ul>
        {impossible
          .filter(({ refused }) => refused > 0)
          .map(({ effect, refused, all }) => (
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
