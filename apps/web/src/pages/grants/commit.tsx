import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { questionsOf, typedProblem } from '../../parts/grant/conditions.ts';
import type { Condition } from '../../parts/grant/draft.ts';
import { type ConnectionFacts, isComplete, type PartPreview, protectedIn } from '../../parts/grant/facts.ts';
import { broadReasons } from '../../parts/grant/words.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

interface Props {
  readonly editor: DraftEditor;
  readonly facts: ConnectionFacts;
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

/** The button that saves: a narrow grant at once, a broad one with a word why. */
export function Commit({ editor, facts, previews, waived, title, isPending, error, isBehind, run, children }: Props) {
  const { unanswered, leftOpen } = questionsOf(editor, facts, waived);
  const reasons = [
    ...new Set(
      previews.flatMap(({ preview }, index): string[] => {
        const part = editor.draft.parts[index];
        if (part === undefined || preview === undefined) return [];
        return broadReasons({
          part,
          summary: preview.summary,
          isProtected: protectedIn(facts),
          expires_at: editor.draft.expires_at,
          waived: leftOpen,
        });
      }),
    ),
  ];
  const lacksWords = reasons.length > 0 && editor.draft.note.trim() === '';
  const isReady = previews.every(({ grant, preview }) => isComplete(grant) && preview !== undefined);
  const halfTyped = editor.draft.parts
    .flatMap(({ conditions }) => conditions)
    .filter((one) => typedProblem(one, facts.operations ?? []) !== undefined);
  const lacks = lacking({ unanswered, halfTyped, lacksWords, isWaiting: editor.isWaiting });
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
      <Button disabled={!isReady || lacks.length > 0 || isBehind} loading={isPending} onClick={run}>
        {title}
      </Button>
    </div>
  );
}

interface Lacks {
  readonly unanswered: readonly string[];
  readonly halfTyped: readonly Condition[];
  readonly lacksWords: boolean;
  readonly isWaiting: boolean;
}

/** Everything that stands between the draft and its grant. */
function lacking({ unanswered, halfTyped, lacksWords, isWaiting }: Lacks): string[] {
  return [
    ...(isWaiting ? ['The text has a line that cannot be read.'] : []),
    ...unanswered.map((question) => `Not answered yet: ${question}`),
    ...halfTyped.map(({ operation, path }) => `No value: ${path} of ${operation}.`),
    ...(lacksWords ? ['A broad grant needs a note: why so much?'] : []),
  ];
}
