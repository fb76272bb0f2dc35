import { useQuery } from '@tanstack/react-query';
import type { OutputOf } from '@writ/api';
import { call } from '../../api/client.ts';
import { useProtected } from '../../parts/environment.tsx';
import { type Draft, grantsOf, type NewGrant } from '../../parts/grant/draft.ts';
import { isHarmful, type Operation, type Pair } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { outcomeDetail } from '../../parts/rule-words.ts';
import { Failure, Working } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag, Label, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import { differenceOf, diffLines, nothingText, type PairChange } from './difference.ts';
import classes from './edit.module.css';
import { isWidened, type Turn, turnsOf } from './turns.ts';
import { writeDraft } from './written.ts';

interface ChangeProps {
  readonly before: Draft;
  readonly after: Draft;
  readonly operations: readonly Operation[];
  /** True where the API takes the grant as it would be. */
  readonly isKnown: boolean;
  readonly connection: string;
}

/** The most pages of a thousand pairs that are compared. */
const MOST_PAGES = 10;

/** All pairs of a grant; `isWhole` is false where there are more than are compared. */
async function allPairs(grant: NewGrant, signal: AbortSignal): Promise<{ items: Pair[]; isWhole: boolean }> {
  const items: Pair[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const input = { ...grant, limit: 1000, ...(cursor !== null && { cursor }) };
    const answer: OutputOf<'grants.preview'> = await call('grants.preview', input, { signal });
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (cursor === null) return { items, isWhole: true };
  }
  return { items, isWhole: false };
}

/** Before and after: the text, what becomes possible, and what stops. */
export function Change({ before, after, operations, isKnown, connection }: ChangeProps) {
  const [[old], [fresh]] = [
    grantsOf({ ...before, expires_at: undefined }),
    grantsOf({ ...after, expires_at: undefined }),
  ];
  const compared = useQuery({
    queryKey: ['grants.difference', old, fresh],
    enabled: isKnown && old !== undefined && fresh !== undefined,
    queryFn: async ({ signal }) => {
      if (old === undefined || fresh === undefined) throw new Error('nothing to compare');
      const [was, will] = await Promise.all([allPairs(old, signal), allPairs(fresh, signal)]);
      return { ...differenceOf(was.items, will.items), isWhole: was.isWhole && will.isWhole };
    },
    placeholderData: (last) => last,
  });
  const found = compared.data;
  const turns = turnsOf(before, after, operations);
  const none = (nothing: string, turned: readonly Turn[]): string =>
    nothingText(nothing, { isWhole: found?.isWhole === true, isTurned: turned.length > 0 });
  const lines = diffLines(writeDraft(before), writeDraft(after));
  const changed = lines.filter(({ kind }) => kind !== 'same');
  return (
    <section className={classes.change} aria-label="What changes">
      <h3>What changes</h3>
      <pre className={classes.diff}>
        {changed.map(({ kind, text }, index) => (
          <span key={index} data-kind={kind}>
            {kind === 'gone' ? '- ' : '+ '}
            <Inert text={text} />
          </span>
        ))}
        {changed.length < lines.length ? <span>{`  ${lines.length - changed.length} lines as before`}</span> : null}
      </pre>
      {turns.length === 0 ? null : (
        <ul className={classes.turns}>
          {turns.map((turn) => (
            <li key={`${turn.what} ${turn.before} ${turn.after}`}>
              <Label tone={isWidened(turn) ? 'warn' : 'plain'}>{TURNS[turn.turn]}</Label>
              <span>
                <Inert text={turn.what} />: <Inert text={turn.before} /> → <Inert text={turn.after} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Failure error={compared.error} />
      {found === undefined || compared.isPlaceholderData ? (
        <Working what="Comparing ..." />
      ) : (
        <div className={classes.changes} aria-live="polite">
          <Changes
            title="Becomes possible"
            changes={found.begins}
            connection={connection}
            none={none('Nothing more than before.', turns.filter(isWidened))}
          />
          <Changes
            title="Stops"
            changes={found.stops}
            connection={connection}
            none={none(
              'Nothing that was possible stops.',
              turns.filter(({ turn }) => turn !== 'wider'),
            )}
          />
          {found.differs.length === 0 ? null : (
            <Changes title="For other arguments or resources" changes={found.differs} connection={connection} none="" />
          )}
        </div>
      )}
      {found?.isWhole === false ? (
        <p className={classes.soft}>There are more than can be compared here: this is a part.</p>
      ) : null}
    </section>
  );
}

/** How a turn is called. */
const TURNS: Readonly<Record<Turn['turn'], string>> = { wider: 'widened', narrower: 'narrowed', other: 'changed' };

interface ChangesProps {
  readonly title: string;
  readonly changes: readonly PairChange[];
  readonly connection: string;
  readonly none: string;
}

/** The most changes of one kind that are listed. */
const MOST_CHANGES = 300;

function Changes({ title, changes, connection, none }: ChangesProps) {
  const isProtected = useProtected(connection);
  const worst = [...changes].sort((one, other) => Number(isBad(other)) - Number(isBad(one)));
  return (
    <div>
      <h4>
        {title}
        {changes.length === 0 ? '' : ` (${changes.length})`}
      </h4>
      {changes.length === 0 ? <p className={classes.soft}>{none}</p> : null}
      <ul>
        {worst.slice(0, MOST_CHANGES).map(({ key, before, after }) => {
          const pair = after ?? before;
          return pair === undefined ? null : (
            <li key={key}>
              <EffectTag effect={pair.effect} />
              <code>
                <Inert text={pair.operation} />
              </code>
              <EnvironmentTag slug={pair.environment} isProtected={isProtected(pair.environment)} />
              {after === undefined ? null : <OutcomeTag outcome={outcomeOf(after)} detail={outcomeDetail(after)} />}
            </li>
          );
        })}
      </ul>
      {changes.length > MOST_CHANGES ? <p className={classes.soft}>and {changes.length - MOST_CHANGES} more</p> : null}
    </div>
  );
}

function isBad({ before, after }: PairChange): boolean {
  return isHarmful((after ?? before)?.effect ?? 'read');
}
