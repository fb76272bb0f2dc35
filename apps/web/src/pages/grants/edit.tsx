import { useDebouncedValue } from '@mantine/hooks';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { useRef, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { changeOf, draftOf, grantsOf } from '../../parts/grant/draft.ts';
import { useFactsOf, usePreviews } from '../../parts/grant/facts.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { ChangedMeanwhile } from '../../parts/meanwhile.tsx';
import { NotYours } from '../../parts/not-yours.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Page } from '../../parts/page.tsx';
import { REST } from '../../parts/search.ts';
import { Unsaved } from '../../parts/unsaved.tsx';
import { Change } from './change.tsx';
import { Commit } from './commit.tsx';
import { GrantEditor } from './editor.tsx';
import { useDraft } from './use-draft.ts';
import { useWaived } from './use-waived.ts';
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
  const before = draftOf(opened);
  const editor = useDraft(before);
  const factsOf = useFactsOf([grant.connection, ...editor.draft.parts.map(({ connection }) => connection)]);
  const [rested] = useDebouncedValue(editor.draft, REST);
  const previews = usePreviews(grantsOf(rested).slice(0, 1), editor.isWaiting);
  const { waived, waive } = useWaived();
  const [problem, setProblem] = useState<unknown>();
  const change = useChange('grants.patch', {
    title: 'Save the change',
    what: 'It counts at once, also for tokens that live.',
  });
  const isSaved = useRef(false);
  const isStale = grant.updated_at !== opened.updated_at;
  const isOther = editor.draft.parts.length > 1 || editor.part.connection !== grant.connection;
  const isSame = writeDraft(editor.draft) === writeDraft(before);
  const run = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await change.mutateAsync({ id: grant.id, ...changeOf(editor.draft), if_updated_at: opened.updated_at });
      isSaved.current = true;
      await go({ to: '/grants/$id', params: { id: grant.id } });
    } catch (error) {
      setProblem(error);
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
      {isStale ? <ChangedMeanwhile readAgain={readAgain} /> : null}
      <GrantEditor {...{ editor, factsOf, previews, waived, waive }} isFixed>
        {isSame || isOther || editor.isWaiting ? null : (
          <Change
            before={before}
            after={rested}
            isKnown={previews[0]?.preview !== undefined}
            operations={factsOf(grant.connection).operations ?? []}
            connection={grant.connection}
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
