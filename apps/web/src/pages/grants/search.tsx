import { Checkbox, Select, TextInput } from '@mantine/core';
import { EFFECTS, matchesName, parseSelector } from '@writ/core';
import { useState } from 'react';
import { withOperations, withoutOperations } from '../../parts/grant/draft.ts';
import { effectOf, effectsOf, meaningOf, type Operation, selectorFor } from '../../parts/grant/words.ts';
import { Inert } from '../../parts/inert.tsx';
import { Working } from '../../parts/states.tsx';
import { EffectTag } from '../../parts/tags.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly operations: readonly Operation[] | undefined;
}

/** The most operations that are shown of one search: who gets more looks for less. */
const MOST_SHOWN = 150;

/** All operations of the connection, by what they are about. */
export function Search({ editor, operations }: Props) {
  const [q, setQ] = useState('');
  const [effect, setEffect] = useState<string | null>(null);
  if (operations === undefined) return <Working what="Reading the operations ..." />;
  const wanted = q.trim().toLowerCase();
  const found = operations.filter((operation) => {
    const isNamed = wanted.includes('*')
      ? matchesName(parseSelector(q.trim()), operation.name)
      : `${operation.name} ${operation.group} ${operation.why}`.toLowerCase().includes(wanted);
    return isNamed && (effect === null || effectsOf(operation).some((each) => each === effect));
  });
  const groups = [...Map.groupBy(found, ({ group }) => group)].sort(([one], [other]) => one.localeCompare(other));
  const isNarrow = found.length <= MOST_SHOWN && (wanted !== '' || effect !== null);
  return (
    <div className={classes.rows}>
      <div className={classes.pair}>
        <TextInput
          label="Search operations"
          placeholder="domain, deploy, domain* ..."
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
        />
        <Select
          label="Effect"
          placeholder="Every effect"
          clearable
          data={[...EFFECTS]}
          value={effect}
          onChange={setEffect}
        />
      </div>
      <Pattern q={q.trim()} operations={operations} editor={editor} />
      {found.length === 0 ? <p className={classes.soft}>No operation is named or described so.</p> : null}
      <div className={classes.groups}>
        {groups.map(([group, members]) => (
          <details key={`${group} ${isNarrow}`} open={isNarrow} className={classes.group}>
            <summary>
              <strong>{group}</strong>
              <GroupEffects members={members} />
            </summary>
            {members.map((operation) => (
              <OperationRow key={operation.name} operation={operation} editor={editor} />
            ))}
          </details>
        ))}
      </div>
    </div>
  );
}

/** What was typed as a pattern of its own, with what it would cover. */
function Pattern({
  q,
  operations,
  editor,
}: { readonly q: string } & Props & { readonly operations: readonly Operation[] }) {
  const isPattern = /^[\x21-\x7e]{1,200}$/.test(q) && (q.includes('*') || /:[a-z]+$/.test(q));
  if (!isPattern) return null;
  const { sentence, covered } = meaningOf(q, operations);
  const isChosen = editor.part.operations.includes(q);
  return (
    <Checkbox
      className={classes.pattern}
      label={<Code text={q} />}
      description={`As a pattern: ${sentence}`}
      checked={isChosen}
      disabled={covered.length === 0 && !isChosen}
      onChange={() => toggle(editor, q)}
    />
  );
}

function GroupEffects({ members }: { readonly members: readonly Operation[] }) {
  return (
    <span className={classes.counts}>
      {EFFECTS.map((effect) => {
        const count = members.filter((operation) => effectOf(operation) === effect).length;
        return count === 0 ? null : (
          <span key={effect} className={classes.count}>
            {count} <EffectTag effect={effect} />
          </span>
        );
      })}
    </span>
  );
}

function OperationRow({ operation, editor }: { readonly operation: Operation; readonly editor: DraftEditor }) {
  const [base, ...raised] = effectsOf(operation);
  return (
    <div className={classes.operation}>
      <Checkbox
        label={
          <span className={classes.named}>
            <Code text={operation.name} /> <EffectTag effect={base ?? operation.effect} />
          </span>
        }
        description={<Inert text={operation.why} />}
        checked={editor.part.operations.includes(operation.name)}
        onChange={() => toggle(editor, operation.name)}
      />
      {raised.map((effect) => (
        <Checkbox
          key={effect}
          className={classes.raised}
          label={
            <span className={classes.named}>
              <Code text={selectorFor(operation, effect)} /> <EffectTag effect={effect} />
            </span>
          }
          description="Also where its arguments raise it to this."
          checked={editor.part.operations.includes(selectorFor(operation, effect))}
          onChange={() => toggle(editor, selectorFor(operation, effect))}
        />
      ))}
    </div>
  );
}

function Code({ text }: { readonly text: string }) {
  return (
    <code>
      <Inert text={text} />
    </code>
  );
}

function toggle({ part, changePart }: DraftEditor, selector: string): void {
  const change = part.operations.includes(selector) ? withoutOperations : withOperations;
  changePart((before) => change(before, [selector]));
}
