import { Button } from '@mantine/core';
import { inert } from '@writ/core';
import type { ReactNode } from 'react';
import { questionsOf, typedProblem } from '../../parts/grant/conditions.ts';
import { type Part, titleOf } from '../../parts/grant/draft.ts';
import {
  type ConnectionFacts,
  type FactsOf,
  isComplete,
  type PartPreview,
  protectedIn,
} from '../../parts/grant/facts.ts';
import { broadReasons } from '../../parts/grant/words.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly factsOf: FactsOf;
  readonly previews: readonly PartPreview[];
  readonly waived: readonly string[];
  /** What the button says. */
  readonly title: string;
  readonly isPending: boolean;
  readonly error: unknown;
  /** True while what is shown is not yet what was typed. */
  readonly isBehind: boolean;
  readonly run: () => void;
  readonly children?: ReactNode;
}

/** The button that saves: a narrow grant at once, a broad one with a word why. Each grant is judged by its own connection's facts. */
export function Commit({ editor, factsOf, previews, waived, title, isPending, error, isBehind, run, children }: Props) {
  const { parts, expires_at, note } = editor.draft;
  const judged = parts.map((part, index) => {
    const facts = factsOf(part.connection);
    return { part, facts, summary: previews[index]?.preview?.summary, ...questionsOf(part, facts, waived) };
  });
  const named = (part: Part, text: string): string =>
    parts.length > 1 ? `${titleOf(part, parts.indexOf(part))}: ${text}` : text;
  const reasons = judged.flatMap(({ part, facts, summary, leftOpen }) =>
    summary === undefined
      ? []
      : broadReasons({ part, summary, isProtected: protectedIn(facts), expires_at, waived: leftOpen }).map((reason) =>
          named(part, reason),
        ),
  );
  const lacksWords = reasons.length > 0 && note.trim() === '';
  const isReady = previews.every(({ grant, preview }) => isComplete(grant) && preview !== undefined);
  const lacks = [
    ...(editor.isWaiting ? ['The text has a line that cannot be read.'] : []),
    ...judged.flatMap(({ part, facts, unanswered }) =>
      [...unanswered.map((question) => `Not answered yet: ${question}`), ...halfTyped(part, facts)].map((lack) =>
        named(part, lack),
      ),
    ),
    ...(lacksWords ? ['A broad grant needs a note: why so much?'] : []),
  ];
  // What is to be asked is known only once the connection was read.
  const isKnown = judged.every(({ facts }) => facts.isRead);
  return (
    <div className={classes.rows}>
      {reasons.length === 0 ? null : (
        <div className={classes.broad} role="status">
          <strong>This is a broad grant.</strong>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
          Narrow it, or say in the note why it must be so.
        </div>
      )}
      {children}
      {error ? <Failure error={error} /> : null}
      {lacks.map((lack) => (
        <p key={lack} className={classes.soft}>
          {lack}
        </p>
      ))}
      <Button disabled={!isReady || !isKnown || lacks.length > 0 || isBehind} loading={isPending} onClick={run}>
        {title}
      </Button>
    </div>
  );
}

function halfTyped({ conditions }: Part, { operations = [] }: ConnectionFacts): string[] {
  return conditions
    .filter((one) => typedProblem(one, operations) !== undefined)
    .map(({ operation, path }) => `No value: ${inert(path)} of ${inert(operation)}.`);
}
