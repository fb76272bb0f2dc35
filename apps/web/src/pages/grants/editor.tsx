import { Button, Textarea } from '@mantine/core';
import { type ReactNode, Suspense } from 'react';
import { emptyPart, titleOf } from '../../parts/grant/draft.ts';
import { type FactsOf, type PartPreview, problemAt } from '../../parts/grant/facts.ts';
import { PreviewTable } from '../../parts/grant/preview.tsx';
import { later } from '../../parts/later.ts';
import { Section } from '../../parts/page.tsx';
import { Failure, Loading } from '../../parts/states.tsx';
import { Chosen, SelectorHelp } from './chosen.tsx';
import { CopyAs } from './copy-as.tsx';
import classes from './editor.module.css';
import type { DraftEditor } from './use-draft.ts';

/** Loaded one by one: the page is there before its larger fields are. */
const Places = later(async () => (await import('./places.tsx')).Places);
const Ways = later(async () => (await import('./ways.tsx')).Ways);
const Narrowed = later(async () => (await import('./narrowed.tsx')).Narrowed);
const Lasting = later(async () => (await import('./lasting.tsx')).Lasting);

interface Props {
  readonly editor: DraftEditor;
  readonly factsOf: FactsOf;
  readonly previews: readonly PartPreview[];
  readonly waived: readonly string[];
  readonly waive: (waiver: string) => void;
  readonly isFixed?: boolean;
  /** What stands beside, below the preview: the button. */
  readonly children: ReactNode;
}

/** The two editors of a draft, and what it would let happen. */
export function GrantEditor({ editor, factsOf, previews, waived, waive, isFixed = false, children }: Props) {
  const { at, part, isWaiting } = editor;
  const facts = factsOf(part.connection);
  const problems = previews[at]?.problems ?? [];
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <fieldset className={classes.fields} disabled={isWaiting}>
          <Failure error={facts.error} retry={facts.retry} />
          <Suspense fallback={<Loading />}>
            <Places editor={editor} facts={facts} problems={problems} isFixed={isFixed} />
          </Suspense>
          {part.connection === '' ? null : (
            <Suspense fallback={<Loading />}>
              <Section title="What it may do" about="The fewest operations that do the job. Nothing is ticked for you.">
                <Ways editor={editor} facts={facts} />
                <Chosen editor={editor} facts={facts} problems={problems} />
                <SelectorHelp />
              </Section>
              <Narrowed {...{ editor, facts, problems, waived, waive }} />
              <Lasting editor={editor} facts={facts} problems={problems} />
            </Suspense>
          )}
        </fieldset>
        <AsText editor={editor} />
      </div>
      <div className={classes.side}>
        <Section title="What this lets happen">
          <Previews editor={editor} previews={previews} />
          {children}
        </Section>
      </div>
    </div>
  );
}

/** The same value as text: what is typed is in the form at once, and the other way round. */
function AsText({ editor }: { readonly editor: DraftEditor }) {
  const { draft, text, problems, type, isWaiting, change } = editor;
  return (
    <Section
      title="The same as text"
      about="One line for each connection/environment/operations, and the options of writ grant. A whole command can be pasted."
      actions={
        isWaiting ? (
          <Button variant="default" size="compact-sm" onClick={() => change((draft) => draft)}>
            Back to what the form shows
          </Button>
        ) : null
      }
    >
      <Textarea
        className={classes.text}
        aria-label="The grant as text"
        autosize
        minRows={4}
        maxRows={18}
        spellCheck={false}
        autoCapitalize="off"
        placeholder={
          'acme/staging/*:read\nacme/staging/domainCreate\n--where domainCreate input.domain ends_with .staging.example.com'
        }
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        error={
          isWaiting
            ? `${problems.map(({ line, problem }) => `Line ${line} ${problem}.`).join(' ')} The form waits until it can be read.`
            : undefined
        }
      />
      {isWaiting ? null : <CopyAs draft={draft} />}
    </Section>
  );
}

function Previews({ editor, previews }: Pick<Props, 'editor' | 'previews'>) {
  return previews.map(({ grant, preview, isFetching, problems, error }, index) => (
    <div key={keyAt(previews, index)}>
      {previews.length > 1 ? (
        <h3 className={classes.heading}>{titleOf(editor.draft.parts[index] ?? emptyPart(), index)}</h3>
      ) : null}
      <PreviewTable
        grant={grant}
        {...{ preview, isFetching, error }}
        missing={
          problems.length > 0 ? (unplaced(problems) ?? 'Something above is not right yet: see there.') : nextStep(grant)
        }
      />
    </div>
  ));
}

/** A grant among several: by where it is, and the how manieth it is there. What was opened of one is not open in the next when one goes. */
function keyAt(previews: readonly PartPreview[], index: number): string {
  const places = previews.map(({ grant: { connection, environments } }) => [connection, ...environments].join(' '));
  const here = places[index];
  return `${here} ${places.slice(0, index).filter((each) => each === here).length}`;
}

/** The problems that no field shows. */
function unplaced(problems: PartPreview['problems']): string | undefined {
  const shown =
    /^(client_id|connection|environments|operations|resources|arguments|limits|expires_at|max_ttl_seconds|name|note)\b/;
  const rest = problems.filter(({ field }) => !shown.test(field));
  return rest[0] && problemAt(rest, rest[0].field);
}

function nextStep({ client_id, connection, environments, operations }: PartPreview['grant']): string {
  if (client_id === '') return 'Choose the client that this is for.';
  if (connection === '') return 'Choose the connection.';
  if (environments.length === 0) return 'Choose at least one environment.';
  if (operations.length === 0) return 'Choose what it may do: a preset, what it tried, or single operations.';
  return '';
}
