import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { type FactsOf, isComplete, type PartPreview } from '../../parts/grant/facts.ts';
import { Failure } from '../../parts/states.tsx';
import classes from './editor.module.css';
import { judgedOf } from './judged.ts';
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

/** The button that saves: a narrow grant at once, a broad one with a word why. */
export function Commit({ editor, factsOf, previews, waived, title, isPending, error, isBehind, run, children }: Props) {
  const judged = judgedOf(editor.draft, { factsOf, previews, waived });
  const { reasons, isKnown } = judged;
  const lacks = [...(editor.isWaiting ? ['The text has a line that cannot be read.'] : []), ...judged.lacks];
  const isReady = previews.every(({ grant, preview }) => isComplete(grant) && preview !== undefined);
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
      <Failure error={error} />
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
