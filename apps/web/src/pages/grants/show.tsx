import { Button, SegmentedControl } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { compactScope, conditionLine, durationText, limitText } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Id, Snippet } from '../../parts/copy.tsx';
import { draftOf, partOf, scopeOf } from '../../parts/grant/draft.ts';
import { PreviewTable } from '../../parts/grant/preview.tsx';
import { Inert } from '../../parts/inert.tsx';
import { ButtonLink, TextLink } from '../../parts/link.tsx';
import { OneThing } from '../../parts/one-thing.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { Person } from '../../parts/person.tsx';
import { Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './grants.module.css';
import { commandsOf, jsonOf } from './written.ts';

type Grant = OutputOf<'grants.get'>;

/** One grant: what it lets happen, who made it, and whether it is used. */
export function GrantPage() {
  const { id } = useParams({ from: '/signed-in/grants/$id' });
  const grant = useApi('grants.get', { id });
  return (
    <OneThing thing="grant" id={id} to="/grants" query={grant}>
      {(found) => <Shown grant={found} />}
    </OneThing>
  );
}

function Shown({ grant }: { readonly grant: Grant }) {
  const may = useMay('admin');
  const { id, name, client_id, connection } = grant;
  const title = name ?? 'Grant without a name';
  return (
    <Page
      title={title}
      above={<TextLink to="/grants">Grants</TextLink>}
      about={
        <>
          What{' '}
          <TextLink to="/clients/$id" params={{ id: client_id }}>
            {client_id}
          </TextLink>{' '}
          may ask for on{' '}
          <TextLink to="/connections/$slug" params={{ slug: connection }}>
            {connection}
          </TextLink>
          .
        </>
      }
      actions={
        <>
          <ButtonLink to="/clients/$id" params={{ id: client_id }} search={{ tab: 'reach' }} variant="default">
            See as the client
          </ButtonLink>
          {may ? <Delete grant={grant} /> : null}
          {may ? (
            <ButtonLink to="/grants/$id/edit" params={{ id }}>
              Edit the grant
            </ButtonLink>
          ) : null}
        </>
      }
    >
      <About grant={grant} />
      <Covered grant={grant} />
      <Taken grant={grant} />
    </Page>
  );
}

function About({ grant }: { readonly grant: Grant }) {
  const { id, expires_at, max_ttl_seconds, last_used_at, created_at, created_by, updated_at, note } = grant;
  return (
    <Section title="About it">
      <Facts
        facts={[
          [
            'Last used',
            last_used_at === null ? (
              <Label key="u" tone="warn">
                never used
              </Label>
            ) : (
              <Time key="u" at={last_used_at} />
            ),
          ],
          ['Ends', expires_at === null ? 'never' : <Time key="e" at={expires_at} />],
          ['Longest life of a token', durationText(max_ttl_seconds)],
          [
            'Made',
            <span key="m">
              <Time at={created_at} /> by <Person id={created_by} what="the maker's id" />
            </span>,
          ],
          ['Changed', updated_at === created_at ? 'never' : <Time key="c" at={updated_at} />],
          ['Grant', <Id key="id" id={id} what="the grant's id" />],
          ['Note', note === null ? 'none' : <Inert key="n" text={note} />],
        ]}
      />
    </Section>
  );
}

function Covered({ grant }: { readonly grant: Grant }) {
  const { resources, limits, connection } = grant;
  const { conditions } = partOf(grant);
  const asked = { client_id: grant.client_id, ...scopeOf(partOf(grant)) };
  const preview = useApi('grants.preview', { ...asked, limit: 500 });
  const lists = [
    ['Covers', compactScope(grant).map((line) => `${connection}/${line}`)],
    ['Only where', conditions.map(conditionLine)],
    ['Only on', resources ?? []],
    ['At most', (limits ?? []).map(limitText)],
  ] as const;
  return (
    <Section title="What it lets happen" about="As the guardrails and environments stand now.">
      <Facts
        facts={lists
          .filter(([, lines]) => lines.length > 0)
          .map(([what, lines]) => [
            what,
            <span key={what} className={classes.lines}>
              {lines.map((line) => (
                <code key={line}>
                  <Inert text={line} />
                </code>
              ))}
            </span>,
          ])}
      />
      <PreviewTable grant={asked} preview={preview.data} isFetching={preview.isFetching} error={preview.error} />
    </Section>
  );
}

/** The same grant to be taken elsewhere. */
function Taken({ grant }: { readonly grant: Grant }) {
  const [form, setForm] = useState('command');
  const draft = draftOf(grant);
  return (
    <Section
      title="Take it elsewhere"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Form"
          data={[
            { value: 'command', label: 'Command' },
            { value: 'json', label: 'JSON' },
          ]}
          value={form}
          onChange={setForm}
        />
      }
    >
      {form === 'command' ? (
        <Snippet text={commandsOf(draft)} what="the command" />
      ) : (
        <Snippet text={jsonOf(draft)} what="the JSON" />
      )}
    </Section>
  );
}

function Delete({ grant: { id, name, client_id } }: { readonly grant: Grant }) {
  const go = useNavigate();
  const remove = useChange('grants.delete', { title: 'Delete the grant', danger: true });
  const title = `Delete the grant ${name === null ? id : `"${name}"`}`;
  return (
    <Confirm
      title={title}
      run={async () => {
        await remove.mutateAsync({ id });
        await go({ to: '/grants' });
      }}
      button={(open) => (
        <Button variant="default" onClick={open}>
          Delete the grant
        </Button>
      )}
    >
      What it covers is refused to {client_id} from its next request on, also with tokens that it has, unless another
      grant covers it. This cannot be taken back; the grant can be made again.
    </Confirm>
  );
}
