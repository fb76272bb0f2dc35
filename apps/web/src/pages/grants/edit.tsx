import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { ApiError, type OutputOf } from '@writ/api';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { NotProven } from '../../api/proof.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { changeOf, type Draft, draftOf, grantsOf, type NewGrant } from '../../parts/grant/draft.ts';
import { protectedIn, useConnectionFacts, usePreviews } from '../../parts/grant/facts.ts';
import { isHarmful, type Pair } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { outcomeDetail } from '../../parts/rule-words.ts';
import { Failure, Ready, Working } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import { Commit } from './commit.tsx';
import { differenceOf, diffLines, isNarrowedAlike, nothingText, type PairChange } from './difference.ts';
import classes from './edit.module.css';
import { GrantEditor } from './editor.tsx';
import { Gone } from './gone.tsx';
import { useDraft } from './use-draft.ts';
import { writeDraft } from './written.ts';

type Grant = OutputOf<'grants.get'>;

/** Changes a grant: shows before it is saved what becomes possible and what stops. */
export function EditGrantPage() {
  const { id = '' } = useParams({ strict: false });
  const grant = useApi('grants.get', { id });
  if (grant.error instanceof ApiError && grant.error.status === 404) return <Gone id={id} />;
  return <Ready query={grant}>{(found) => <Editing key={found.id} grant={found} />}</Ready>;
}

function Editing({ grant }: { readonly grant: Grant }) {
  const go = useNavigate();
  // What stood when the page was opened: a change by somebody else meanwhile is told, not overwritten in silence.
  const [opened, setOpened] = useState(grant);
  const editor = useDraft(draftOf(opened));
  const facts = useConnectionFacts(grant.connection);
  const [rested] = useDebouncedValue(editor.draft, 250);
  const previews = usePreviews(grantsOf(rested).slice(0, 1), editor.isWaiting);
  const [waived, setWaived] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<unknown>();
  const change = useChange('grants.patch', {
    title: 'Save the change',
    what: 'It counts at once, also for tokens that live.',
  });
  const isStale = grant.updated_at !== opened.updated_at;
  const isOther = editor.draft.parts.length > 1 || editor.part.connection !== grant.connection;
  const isSame = writeDraft(editor.draft) === writeDraft(draftOf(opened));
  const run = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await change.mutateAsync({ id: grant.id, ...changeOf(editor.draft) });
      await go({ to: `/grants/${grant.id}` as string });
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
      above={<TextLink to={`/grants/${grant.id}` as string}>Back to the grant</TextLink>}
      about={
        <>
          For <Inert text={grant.client_id} />. A change counts from the next request on, also for tokens that live.
        </>
      }
    >
      {isStale ? (
        <Section
          title="Somebody else changed it meanwhile"
          actions={
            <ButtonLink to={`/grants/${grant.id}/edit` as string} variant="default" onClick={readAgain}>
              Read it again
            </ButtonLink>
          }
        >
          What you see is as it was when you opened it. Read it again before you change it.
        </Section>
      ) : null}
      <GrantEditor
        {...{ editor, facts, previews, waived }}
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
            isProtected={protectedIn(facts)}
          />
        )}
        <Commit
          {...{ editor, facts, previews, waived, run: () => void run() }}
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
function Change({ before, after, isKnown, isProtected }: ChangeProps) {
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
  const isAlike = isNarrowedAlike(before, after) && found?.differs.length === 0;
  const none = (nothing: string): string => nothingText(nothing, { isWhole: found?.isWhole === true, isAlike });
  const lines = diffLines(writeDraft(before), writeDraft(after));
  const changed = lines.filter(({ kind }) => kind !== 'same');
  return (
    <section className={classes.change} aria-label="What changes">
      <h3>What changes</h3>
      <pre className={classes.diff}>
        {changed.map(({ kind, text }, index) => (
          <span key={index} data-kind={kind}>
            {`${kind === 'gone' ? '-' : '+'} ${text}`}
          </span>
        ))}
        {changed.length < lines.length ? <span>{`  ${lines.length - changed.length} lines as before`}</span> : null}
      </pre>
      {compared.error ? <Failure error={compared.error} /> : null}
      {found === undefined || compared.isPlaceholderData ? (
        <Working what="Comparing ..." />
      ) : (
        <div className={classes.changes} aria-live="polite">
          <Changes
            title="Becomes possible"
            changes={found.begins}
            isProtected={isProtected}
            none={none('Nothing more than before.')}
          />
          <Changes
            title="Stops"
            changes={found.stops}
            isProtected={isProtected}
            none={none('Nothing that was possible stops.')}
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
              <code>{pair.operation}</code>
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
