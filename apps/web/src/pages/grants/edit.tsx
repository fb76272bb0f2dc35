import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { useRef, useState } from 'react';
import { call } from '../../api/client.ts';
import { NotProven } from '../../api/proof.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { changeOf, type Draft, draftOf, grantsOf, type NewGrant } from '../../parts/grant/draft.ts';
import { useFactsOf, usePreviews } from '../../parts/grant/facts.ts';
import { isHarmful, type Operation, type Pair, protectedIn } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { NotYours } from '../../parts/not-yours.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { outcomeDetail } from '../../parts/rule-words.ts';
import { REST } from '../../parts/search.ts';
import { Failure, Working } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag, Label, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import { Unsaved } from '../../parts/unsaved.tsx';
import { useMay } from '../../shell/me.ts';
import { Commit } from './commit.tsx';
import { differenceOf, diffLines, nothingText, type PairChange } from './difference.ts';
import classes from './edit.module.css';
import { GrantEditor } from './editor.tsx';
import { isWidened, type Turn, turnsOf } from './turns.ts';
import { useDraft } from './use-draft.ts';
import { writeDraft } from './written.ts';

type Grant = OutputOf<'grants.get'>;

/** Changes a grant: shows before it is saved what becomes possible and what stops. */
export function EditGrantPage() {
  const { id } = useParams({ from: '/signed-in/grants/$id/edit' });
  const may = useMay('admin');
  const grant = useApi('grants.get', { id }, { enabled: may });
  if (!may)
    return (
      <NotYours
        title="Edit a grant"
        above={<TextLink to="/grants">Grants</TextLink>}
        heading="An admin changes grants"
        action={
          <ButtonLink to="/grants/$id" params={{ id }}>
            See the grant
          </ButtonLink>
        }
      >
        Your role may look at grants, and not change them.
      </NotYours>
    );
  return (
    <OneThing thing="grant" id={id} to="/grants" query={grant}>
      {(found) => <Editing key={found.id} grant={found} />}
    </OneThing>
  );
}

function Editing({ grant }: { readonly grant: Grant }) {
  const go = useNavigate();
  // What stood when the page was opened: a change by somebody else meanwhile is told, not overwritten in silence.
  const [opened, setOpened] = useState(grant);
  const editor = useDraft(draftOf(opened));
  const factsOf = useFactsOf([grant.connection, ...editor.draft.parts.map(({ connection }) => connection)]);
  const [rested] = useDebouncedValue(editor.draft, REST);
  const previews = usePreviews(grantsOf(rested).slice(0, 1), editor.isWaiting);
  const [waived, setWaived] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<unknown>();
  const change = useChange('grants.patch', {
    title: 'Save the change',
    what: 'It counts at once, also for tokens that live.',
  });
  const isSaved = useRef(false);
  const isStale = grant.updated_at !== opened.updated_at;
  const isOther = editor.draft.parts.length > 1 || editor.part.connection !== grant.connection;
  const isSame = writeDraft(editor.draft) === writeDraft(draftOf(opened));
  const run = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await change.mutateAsync({ id: grant.id, ...changeOf(editor.draft), if_updated_at: opened.updated_at });
      isSaved.current = true;
      await go({ to: '/grants/$id', params: { id: grant.id } });
    } catch (error) {
      if (!(error instanceof NotProven)) setProblem(error);
    }
  };
  const readAgain = (): void => {
    setOpened(grant);
    editor.change(() => draftOf(grant));
  };
  return (
    <Page
      title={`Edit ${grant.name ?? 'a grant'}`}
      above={
        <TextLink to="/grants/$id" params={{ id: grant.id }}>
          Back to the grant
        </TextLink>
      }
      about={
        <>
          For <Inert text={grant.client_id} />. A change counts from the next request on, also for tokens that live.
        </>
      }
    >
      <Unsaved isUnsaved={() => !isSame && !isSaved.current} title="Leave without saving the change?" />
      {isStale ? (
        <Section
          title="Somebody else changed it meanwhile"
          actions={
            <Button variant="default" onClick={readAgain}>
              Read it again
            </Button>
          }
        >
          What you see is as it was when you opened it. Read it again before you change it.
        </Section>
      ) : null}
      <GrantEditor
        {...{ editor, factsOf, previews, waived }}
        isFixed
        waive={(question) =>
          setWaived((all) => (all.includes(question) ? all.filter((each) => each !== question) : [...all, question]))
        }
      >
        {isSame || isOther || editor.isWaiting ? null : (
          <Change
            before={draftOf(opened)}
            after={rested}
            isKnown={previews[0]?.preview !== undefined}
            operations={factsOf(grant.connection).operations ?? []}
            isProtected={protectedIn(factsOf(grant.connection))}
          />
        )}
        <Commit
          {...{ editor, factsOf, previews, waived, run: () => void run() }}
          title="Save the change"
          isPending={change.isPending}
          error={problem}
          isBehind={
            isStale || isOther || isSame || rested !== editor.draft || previews.some(({ isFetching }) => isFetching)
          }
        >
          {isOther ? (
            <span>
              One grant is changed here: its connection stays, and places with other operations need a grant of their
              own.
            </span>
          ) : null}
        </Commit>
      </GrantEditor>
    </Page>
  );
}

interface ChangeProps {
  readonly before: Draft;
  readonly after: Draft;
  readonly operations: readonly Operation[];
  /** True where the API takes the grant as it would be. */
  readonly isKnown: boolean;
  readonly isProtected: ReadonlySet<string>;
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
function Change({ before, after, operations, isKnown, isProtected }: ChangeProps) {
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
      {compared.error ? <Failure error={compared.error} /> : null}
      {found === undefined || compared.isPlaceholderData ? (
        <Working what="Comparing ..." />
      ) : (
        <div className={classes.changes} aria-live="polite">
          <Changes
            title="Becomes possible"
            changes={found.begins}
            isProtected={isProtected}
            none={none('Nothing more than before.', turns.filter(isWidened))}
          />
          <Changes
            title="Stops"
            changes={found.stops}
            isProtected={isProtected}
            none={none(
              'Nothing that was possible stops.',
              turns.filter(({ turn }) => turn !== 'wider'),
            )}
          />
          {found.differs.length === 0 ? null : (
            <Changes
              title="For other arguments or resources"
              changes={found.differs}
              isProtected={isProtected}
              none=""
            />
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
  readonly isProtected: ReadonlySet<string>;
  readonly none: string;
}

/** The most changes of one kind that are listed. */
const MOST_CHANGES = 300;

function Changes({ title, changes, isProtected, none }: ChangesProps) {
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
              <EnvironmentTag slug={pair.environment} isProtected={isProtected.has(pair.environment)} />
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
