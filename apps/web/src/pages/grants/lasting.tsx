import { ActionIcon, Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import {
  DEFAULT_TOKEN_LIFE,
  durationText,
  type Limit,
  limitText,
  MAX_TOKEN_LIFE,
  readDuration,
  readLimit,
} from '@writ/core';
import { useState } from 'react';
import { brokerNow } from '../../api/clock.ts';
import { narrowable } from '../../parts/grant/conditions.ts';
import type { Draft } from '../../parts/grant/draft.ts';
import { type ConnectionFacts, type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import { Section } from '../../parts/page.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
  readonly problems: PartPreview['problems'];
}

const ENDS = [
  ['1d', 'In a day'],
  ['7d', 'In a week'],
  ['30d', 'In 30 days'],
  ['90d', 'In 90 days'],
] as const;

/** How long, how much, by which name. */
export function Lasting({ editor, facts, problems }: Props) {
  const { draft, change } = editor;
  const set = (part: Partial<Draft>): void => change((before) => ({ ...before, ...part }));
  const lives = [900, 3600, 4 * 3600, MAX_TOKEN_LIFE];
  const life = draft.max_ttl_seconds ?? DEFAULT_TOKEN_LIFE;
  return (
    <Section title="How long, how often, and why">
      <div className={classes.pair}>
        <Ends editor={editor} problem={problemAt(problems, 'expires_at')} />
        <Select
          label="Longest life of a token"
          description="A token that leaks is good for no longer."
          allowDeselect={false}
          data={[...new Set([...lives, life])].sort((a, b) => a - b).map((seconds) => durationText(seconds))}
          value={durationText(life)}
          error={problemAt(problems, 'max_ttl_seconds')}
          onChange={(value) => set({ max_ttl_seconds: readDuration(value ?? '') })}
        />
      </div>
      <Limits editor={editor} facts={facts} problems={problems} />
      <div className={classes.pair}>
        <TextInput
          label="Name"
          description="What people call it in lists."
          placeholder="Domains of staging"
          maxLength={100}
          value={draft.name}
          error={problemAt(problems, 'name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Note"
          description="Why it was made, for whoever wonders in a year."
          maxLength={500}
          value={draft.note}
          error={problemAt(problems, 'note')}
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
      </div>
    </Section>
  );
}

function Ends({ editor, problem }: { readonly editor: DraftEditor; readonly problem: string | undefined }) {
  const { draft, change } = editor;
  const set = (expires_at: string | undefined): void => change((before) => ({ ...before, expires_at }));
  const inTime = (text: string): string => new Date(brokerNow() + (readDuration(text) ?? 0) * 1000).toISOString();
  return (
    <div className={classes.rows}>
      <TextInput
        label="Ends"
        description={
          draft.expires_at === undefined ? (
            'Never, as it stands. What is for one job should end with it.'
          ) : (
            <Time at={draft.expires_at} />
          )
        }
        type="datetime-local"
        value={draft.expires_at === undefined ? '' : localTime(draft.expires_at)}
        error={problem}
        onChange={(event) => {
          const at = Date.parse(event.currentTarget.value);
          set(Number.isNaN(at) ? undefined : new Date(at).toISOString());
        }}
      />
      <div className={classes.quick}>
        {ENDS.map(([text, words]) => (
          <Button key={text} variant="default" size="compact-xs" onClick={() => set(inTime(text))}>
            {words}
          </Button>
        ))}
        <Button
          variant="default"
          size="compact-xs"
          disabled={draft.expires_at === undefined}
          onClick={() => set(undefined)}
        >
          Never
        </Button>
      </div>
    </div>
  );
}

/** A moment as the browser's own field has it: local, to the minute. */
function localTime(at: string): string {
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function Limits({ editor, facts, problems }: Props) {
  const { part, changePart } = editor;
  const set = (limits: readonly Limit[]): void => changePart((before) => ({ ...before, limits }));
  const all =
    part.limits.length > 0
      ? problemAt(
          problems.filter(({ field }) => field === 'limits'),
          'limits',
        )
      : undefined;
  return (
    <div className={classes.rows}>
      {part.limits.map((limit, index) => (
        <div key={limitText(limit)} className={classes.item}>
          <div>
            At most <code>{limitText(limit)}</code>
            {problemAt(problems, `limits.${index}`) === undefined ? null : (
              <p className={classes.problem}>{problemAt(problems, `limits.${index}`)}</p>
            )}
          </div>
          <ActionIcon
            variant="subtle"
            color="quiet"
            aria-label={`Take the limit ${limitText(limit)} out`}
            onClick={() => set(part.limits.toSpliced(index, 1))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {all === undefined ? null : <p className={classes.problem}>{all}</p>}
      {part.operations.length === 0 ? null : (
        <AddLimit editor={editor} facts={facts} add={(limit) => set([...part.limits, limit])} />
      )}
    </div>
  );
}

const CALLS = 'calls';

/** Makes a limit: so many calls, or so much of one argument in sum, in a time. */
function AddLimit({
  editor: { part },
  facts,
  add,
}: Pick<Props, 'editor' | 'facts'> & { readonly add: (limit: Limit) => void }) {
  const [most, setMost] = useState<string | number>(10);
  const [chosen, setOf] = useState<string | null>(null);
  const [measure, setMeasure] = useState<string | null>(CALLS);
  const [per, setPer] = useState<string | null>('day');
  const of = chosen !== null && part.operations.includes(chosen) ? chosen : (part.operations[0] ?? null);
  const sums = narrowable({ ...part, operations: of === null ? [] : [of] }, facts.operations ?? [])
    .flatMap(({ inputs }) => inputs)
    .filter(({ type }) => type === 'number')
    .map(({ path }) => path);
  const what = measure === null || measure === CALLS || !sums.includes(measure) ? '' : `in ${measure} of `;
  const limit = readLimit(`${most} ${what}${of} per ${per}`);
  return (
    <details className={classes.help}>
      <summary>Limit how often</summary>
      <div className={classes.adder}>
        <NumberInput label="At most" min={1} allowDecimal={false} value={most} onChange={setMost} />
        <Select
          label="Of"
          allowDeselect={false}
          data={[
            { value: CALLS, label: 'calls' },
            ...[...new Set(sums)].map((path) => ({ value: path, label: `the sum of ${path}` })),
          ]}
          value={what === '' ? CALLS : measure}
          onChange={setMeasure}
        />
        <Select label="Operations" allowDeselect={false} data={[...part.operations]} value={of} onChange={setOf} />
        <Select
          label="Per"
          allowDeselect={false}
          data={['hour', 'day', 'week', 'task']}
          value={per}
          onChange={setPer}
        />
        <Button
          variant="default"
          disabled={limit === undefined || part.limits.some((each) => limitText(each) === limitText(limit))}
          onClick={() => limit && add(limit)}
        >
          Add the limit
        </Button>
      </div>
      <p className={classes.soft}>
        Counted over all grants of the client. One per task needs one per hour, day or week beside it: tasks are begun
        at will.
      </p>
    </details>
  );
}
