import { Checkbox, SegmentedControl, Select } from '@mantine/core';
import { SHARED } from '@writ/core';
import { useApi } from '../../api/queries.ts';
import { emptyPart, titleOf } from '../../parts/grant/draft.ts';
import { type ConnectionFacts, type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { SHARED_MEANS } from '../../parts/rule-words.ts';
import { EnvironmentTag, Label } from '../../parts/tags.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
  readonly problems: PartPreview['problems'];
  /** True where a grant is changed: its client and its connection stay. */
  readonly isFixed: boolean;
}

/** Which of several grants the form shows. */
function Parts({ editor: { draft, at, show } }: Pick<Props, 'editor'>) {
  return (
    <Section
      title={`${draft.parts.length} grants`}
      about="Different environments, or different arguments of one operation, need a grant each. They are made together."
    >
      <SegmentedControl
        aria-label="Which grant is shown"
        data={draft.parts.map((each, index) => ({ value: String(index), label: titleOf(each, index) }))}
        value={String(at)}
        onChange={(index) => show(Number(index))}
      />
    </Section>
  );
}

/** For whom, and where. */
export function Places({ editor, facts, problems, isFixed }: Props) {
  const { draft, part } = editor;
  const clients = useApi('clients.list', { limit: 1000 });
  const connections = useApi('connections.list', { limit: 1000 });
  const items = (clients.data?.items ?? []).map(({ client_id, name }) => ({
    value: client_id,
    label: name === client_id ? name : `${name} (${client_id})`,
  }));
  return (
    <>
      {draft.parts.length > 1 ? <Parts editor={editor} /> : null}
      <Section title="Who and where">
        <div className={classes.pair}>
          <Select
            label="Client"
            description="Who may ask for a token with it."
            placeholder="Choose a client"
            searchable
            limit={50}
            disabled={isFixed}
            data={withValue(items, draft.client_id)}
            value={draft.client_id === '' ? null : draft.client_id}
            error={problemAt(problems, 'client_id')}
            onChange={(client_id) => editor.change((before) => ({ ...before, client_id: client_id ?? '' }))}
          />
          <Select
            label="Connection"
            description="The account at the provider."
            placeholder="Choose a connection"
            searchable
            disabled={isFixed}
            data={withValue(
              (connections.data?.items ?? []).map(({ slug }) => ({ value: slug, label: slug })),
              part.connection,
            )}
            value={part.connection === '' ? null : part.connection}
            error={problemAt(problems, 'connection')}
            onChange={(connection) => editor.changePart(() => emptyPart(connection ?? ''))}
          />
        </div>
        <Environments editor={editor} facts={facts} problem={problemAt(problems, 'environments')} />
      </Section>
    </>
  );
}

/** A value that the list does not have (any more) is shown all the same. */
function withValue(items: { readonly value: string; readonly label: string }[], value: string) {
  return value === '' || items.some((item) => item.value === value) ? items : [...items, { value, label: value }];
}

const KINDS: Readonly<Record<string, string>> = {
  protected: 'Protected: what is done here reaches real users.',
  ephemeral: 'Comes and goes: previews, branches.',
  other: '',
};

function Environments({
  editor,
  facts,
  problem,
}: Pick<Props, 'editor' | 'facts'> & { readonly problem: string | undefined }) {
  const { part, changePart } = editor;
  const known = facts.environments ?? [];
  const unknown = part.environments.filter((slug) => slug !== '*' && !known.some((each) => each.slug === slug));
  const values = new Set(part.conditions.flatMap(({ condition }) => Object.values(condition).flat()));
  const set = (environments: string[]): void => changePart((before) => ({ ...before, environments }));
  if (part.connection === '') return null;
  return (
    <Checkbox.Group
      label="Environments"
      description="The fewer the better. What a call reaches beyond these is refused, whatever its arguments say."
      value={[...part.environments]}
      onChange={set}
      error={problem}
    >
      <div className={classes.choices}>
        {known.map(({ slug, kind, stands_for }) => (
          <Checkbox
            key={slug}
            value={slug}
            label={
              <span className={classes.named}>
                <EnvironmentTag slug={slug} isProtected={kind === 'protected'} />
                {stands_for.some((id) => values.has(id)) ? <Label>named below, in an argument</Label> : null}
              </span>
            }
            description={
              slug === SHARED ? (
                SHARED_MEANS
              ) : (
                <>
                  {KINDS[kind]} <Inert text={stands_for.slice(0, 3).join(', ')} />
                </>
              )
            }
          />
        ))}
        {unknown.map((slug) => (
          <Checkbox key={slug} value={slug} label={slug} description="No environment of this connection." />
        ))}
        <Checkbox
          value="*"
          label="Every environment"
          description="All of the above, and whatever is added later. Seldom what is meant."
        />
      </div>
    </Checkbox.Group>
  );
}
