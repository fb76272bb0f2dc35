import { useDebouncedValue } from '@mantine/hooks';
import { useSearch } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { type Draft, emptyDraft, grantsOf, withDetail } from '../../parts/grant/draft.ts';
import { useFactsOf, usePreviews } from '../../parts/grant/facts.ts';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { NotYours } from '../../parts/not-yours.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { GuardrailsLink } from '../../parts/rule-link.tsx';
import { REST } from '../../parts/search.ts';
import { Empty, Ready } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import { Unsaved } from '../../parts/unsaved.tsx';
import { Commit } from './commit.tsx';
import { GrantEditor } from './editor.tsx';
import { useDraft } from './use-draft.ts';
import { useWaived } from './use-waived.ts';
import { writeDraft } from './written.ts';

type Refusal = OutputOf<'refusals.get'>;
type Grant = OutputOf<'grants.create'>;

const ABOVE = <TextLink to="/grants">Grants</TextLink>;
const TITLE = 'New grant';

/** Makes a grant: from nothing, for a client, or from what a request lacked. */
export function NewGrantPage() {
  const { request, client = '', connection } = useSearch({ from: '/signed-in/grants/new' });
  const may = useMay('admin');
  if (!may)
    return (
      <NotYours
        title={TITLE}
        above={ABOVE}
        heading="An admin makes grants"
        action={<ButtonLink to="/grants">See the grants there are</ButtonLink>}
      >
        Your role may look at grants, and not make them.
      </NotYours>
    );
  if (request !== undefined) return <FromRefusal key={request} request_id={request} />;
  return <Blank client={client} connection={connection} />;
}

/** With one connection there is nothing to choose. */
function Blank({ client, connection }: { readonly client: string; readonly connection: string | undefined }) {
  const connections = useApi('connections.list', { limit: 2 });
  return (
    <Page title={TITLE} above={ABOVE} about="What one client may ask for. The narrower, the less a mistake can cost.">
      <Ready query={connections}>
        {({ items }) => {
          const [only] = items;
          if (only === undefined)
            return (
              <Empty
                title="There is nothing to grant yet"
                action={<ButtonLink to="/connections/new">Add a connection</ButtonLink>}
              >
                A grant allows operations of a connection, and there is none.
              </Empty>
            );
          const slug = connection ?? (items.length === 1 ? only.slug : '');
          return <Making initial={emptyDraft(client, slug)} />;
        }}
      </Ready>
    </Page>
  );
}

function FromRefusal({ request_id }: { readonly request_id: string }) {
  const refusal = useApi('refusals.get', { request_id });
  return (
    <Page title={TITLE} above={ABOVE} about="The smallest grant that would have let a refused request pass.">
      <Ready query={refusal}>
        {(found) => (
          <>
            <Refused refusal={found} />
            {found.grant_for === null || found.missing.length === 0 ? null : (
              <Making key={found.request_id} initial={draftFor(found, found.grant_for)} refusal={found} />
            )}
          </>
        )}
      </Ready>
    </Page>
  );
}

function draftFor({ missing }: Refusal, client_id: string): Draft {
  return missing.reduce<Draft>(withDetail, emptyDraft(client_id, missing[0]?.connection));
}

/** What was refused, and why, as the log has it. */
function Refused({ refusal }: { readonly refusal: Refusal }) {
  const { request_id, at, code, client_id, connection, operations, why, grant_for } = refusal;
  return (
    <Section title="What was refused">
      <span>
        {client_id === null ? 'Somebody' : <Inert text={client_id} />} was refused <Time at={at} /> with{' '}
        <code>{code}</code>, as request <Id id={request_id} what="the request's id" />
      </span>
      {operations.map(({ name, effect, environments, targets }) => (
        <span key={`${name} ${effect}`}>
          <code>
            <Inert text={name} />
          </code>{' '}
          <EffectTag effect={effect} /> {environments.length > 0 ? `in ${environments.join(', ')} ` : ''}
          {targets.length > 0 ? <Inert text={`on ${targets.join(', ')}`} /> : null}
        </span>
      ))}
      {why === null ? null : (
        <span>
          <strong>
            <Inert text={why} />
          </strong>
        </span>
      )}
      {code === 'guardrail_denied' && connection !== null ? (
        <GuardrailsLink connection={connection}>See the guardrails of {connection}</GuardrailsLink>
      ) : null}
      {grant_for === null && client_id !== null ? (
        <TextLink to="/clients/$id" params={{ id: client_id }}>
          Look at the client
        </TextLink>
      ) : null}
    </Section>
  );
}

function Making({ initial, refusal }: { readonly initial: Draft; readonly refusal?: Refusal }) {
  const editor = useDraft(initial);
  const factsOf = useFactsOf(editor.draft.parts.map(({ connection }) => connection));
  const [rested] = useDebouncedValue(editor.draft, REST);
  const previews = usePreviews(grantsOf(rested), editor.isWaiting);
  const { waived, waive } = useWaived();
  const [made, setMade] = useState<readonly Grant[]>([]);
  const [problem, setProblem] = useState<unknown>();
  const create = useChange('grants.create', {
    title: 'Make the grant',
    what: 'The client gets it with its next token.',
  });
  const run = async (): Promise<void> => {
    setProblem(undefined);
    const { parts } = editor.draft;
    for (const [index, grant] of grantsOf(editor.draft).entries()) {
      try {
        const one = await create.mutateAsync(grant);
        setMade((all) => [...all, one]);
      } catch (error) {
        // What was made is made: only the rest stays to be granted.
        if (index > 0) editor.change((draft) => ({ ...draft, parts: parts.slice(index) }));
        setProblem(error);
        return;
      }
    }
    editor.change((draft) => emptyDraft(draft.client_id, draft.parts[0]?.connection));
  };
  const isTouched = editor.text !== writeDraft(initial) || editor.draft.client_id !== initial.client_id;
  const isDone = made.length > 0 && editor.draft.parts.every(({ operations }) => operations.length === 0);
  if (isDone) return <Made grants={made} tokenLacks={refusal?.token_lacks ?? false} another={() => setMade([])} />;
  return (
    <GrantEditor {...{ editor, factsOf, previews, waived, waive }}>
      <Unsaved isUnsaved={() => isTouched} title="Leave without making the grant?" />
      <Commit
        {...{ editor, factsOf, previews, waived, run: () => void run() }}
        title={editor.draft.parts.length > 1 ? `Make all ${editor.draft.parts.length} grants` : 'Make the grant'}
        isPending={create.isPending}
        error={problem}
        isBehind={rested !== editor.draft || previews.some(({ isFetching }) => isFetching)}
      >
        {made.length > 0 ? <span>Made already: {made.map(({ id }) => id).join(', ')}.</span> : null}
      </Commit>
    </GrantEditor>
  );
}

interface MadeProps {
  readonly grants: readonly Grant[];
  readonly tokenLacks: boolean;
  readonly another: () => void;
}

function Made({ grants, tokenLacks, another }: MadeProps) {
  return (
    <Section
      title={grants.length > 1 ? 'The grants are made' : 'The grant is made'}
      about={
        tokenLacks
          ? 'The token of the refused request names less: the client asks for a new one, and then repeats the request.'
          : 'It counts from the next token that the client asks for.'
      }
    >
      {grants.map(({ id, name, client_id }) => (
        <span key={id}>
          <TextLink to="/grants/$id" params={{ id }}>
            {name === null ? id : <Inert text={name} />}
          </TextLink>{' '}
          for <Inert text={client_id} />
        </span>
      ))}
      <div>
        <ButtonLink to="/grants/new" variant="default" onClick={another}>
          New grant
        </ButtonLink>
      </div>
    </Section>
  );
}
