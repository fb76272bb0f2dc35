import { Button } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import type { OutputOf } from '@writ/api';
import { guardrailSchema } from '@writ/core';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Id } from '../../parts/copy.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Page, Section } from '../../parts/page.tsx';
import { ruleText } from '../../parts/rule-words.ts';
import { Empty, Failure, Ready } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './approvals.module.css';

type Entry = OutputOf<'audit.list'>['items'][number]['event'];

/** The page that owners are led to when something is guarded less than before: what was changed, and the way back. */
export function UndoPage() {
  const { request } = useSearch({ from: '/signed-in/guardrails/undo' });
  const entries = useApi('audit.list', { request_id: request }, { enabled: request !== '' });
  return (
    <Page title="Something is guarded less" about="What was changed, by whom, and the way to take it back.">
      {request === '' ? (
        <Missing />
      ) : (
        <Ready query={entries}>{({ items }) => <Change entry={changeIn(items)} request={request} />}</Ready>
      )}
    </Page>
  );
}

function changeIn(items: OutputOf<'audit.list'>['items']): Entry | undefined {
  return items.find(({ event }) => event['kind'] === 'guardrails.replaced' || event['kind'] === 'environment.changed')
    ?.event;
}

function Missing() {
  return (
    <Empty title="There is no such change">
      The link names the request that made the change. The log has none by that id, or keeps it no more.
    </Empty>
  );
}

/** The members of a change that say what it did. */
const TOLD: Readonly<Record<string, string>> = {
  slug: 'Environment',
  protected: 'Protected now',
  selector: 'Stands for now',
  before: 'Before',
  added: 'Rules added',
  removed: 'Rules removed',
};

function Change({ entry, request }: { readonly entry: Entry | undefined; readonly request: string }) {
  const mayUndo = useMay('admin');
  const undo = useChange('guardrails.undo', {
    title: 'Take back the change',
    what: 'It is guarded again as before. It is refused if anything of it was changed since.',
  });
  if (entry === undefined) return <Missing />;
  const data = Object(entry['data']) as Readonly<Record<string, unknown>>;
  const loosened = Array.isArray(data['loosened']) ? data['loosened'].map(String) : [];
  const told = Object.entries(TOLD).filter(([member]) => data[member] !== undefined);
  return (
    <>
      <Section
        title="What is guarded less"
        actions={
          mayUndo && undo.data === undefined ? (
            <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate({ request_id: request })}>
              Take back the change
            </Button>
          ) : null
        }
      >
        {undo.data === undefined ? null : <p className={classes.good}>Taken back: it is guarded as before.</p>}
        <Failure error={undo.error} />
        {loosened.length === 0 ? <p className={classes.small}>Nothing: this change loosened nothing.</p> : null}
        <ul className={classes.plainList}>
          {loosened.map((line) => (
            <li key={line}>
              <Inert text={line} />
            </li>
          ))}
        </ul>
      </Section>
      <Section title="The change">
        <Facts
          facts={[
            ['By', <Inert key="by" text={String(entry['actor'])} />],
            ['When', <Time key="at" at={String(entry['at'])} />],
            ['Request', <Id key="request" id={request} what="the request's id" />],
            ...(typeof entry['connection'] === 'string' ? ([['Connection', entry['connection']]] as const) : []),
            ...told.map(([member, name]) => [name, <Inert key={member} text={asText(data[member])} />] as const),
          ]}
        />
      </Section>
    </>
  );
}

const rulesSchema = guardrailSchema.array();

/** A member of a change in words; what is no list of rules, as it is written. */
function asText(value: unknown): string {
  const rules = rulesSchema.safeParse(value);
  if (!rules.success) return JSON.stringify(value);
  return rules.data.length === 0 ? 'none' : rules.data.map(ruleText).join('; ');
}
