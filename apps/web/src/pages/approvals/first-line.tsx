import { inertLine } from '@writ/core';
import { Inert } from '../../parts/inert.tsx';
import { EffectTag, EnvironmentTag } from '../../parts/tags.tsx';
import classes from './approvals.module.css';
import { words } from './facts.ts';
import { type Asked, type Gist, gistOf, listed } from './words.ts';

const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'change',
  reveal: 'see secrets of',
  execute: 'run code in',
  destroy: 'destroy',
  escalate: 'give or take access to',
};

/** The first line of a card: which agent, for whom, would do what to what, and where. */
export function FirstLine(asked: Asked) {
  const gist = gistOf(asked);
  const by = (asked.shown ?? asked.token)?.asked_by;
  return (
    <>
      <Inert text={by?.name ?? asked.client_id} />
      {by === undefined ? null : (
        <span className={classes.soft}>
          {' '}
          for <Inert text={by.owner} />
        </span>
      )}{' '}
      {asked.kind === 'token' ? 'asks for a token that could' : 'wants to'} <Deed gist={gist} />
    </>
  );
}

function Deed({ gist }: { readonly gist: Gist }) {
  const { effect, operations, things, environments, backups, others } = gist;
  const verb = effect === undefined ? undefined : VERBS[effect];
  return (
    <>
      {verb === undefined || things.length === 0 ? (
        <>
          <span data-effect={effect} className={classes.verb}>
            {effect === undefined ? 'call' : effect}
          </span>{' '}
          {effect === undefined ? null : 'with '}
          <Inert text={listed(operations)} />
        </>
      ) : (
        <>
          <span data-effect={effect} className={classes.verb}>
            {verb}
          </span>{' '}
          <Things gist={gist} />
        </>
      )}
      {backups > 0 ? ` with ${backups} ${backups === 1 ? 'backup' : 'backups'}` : null}
      {environments.length > 0 ? <> in {listed(environments.map(({ slug }) => slug))}</> : null}
      {others > 0 ? `, and do ${others} milder ${others === 1 ? 'thing' : 'things'}` : null}
    </>
  );
}

function Things({ gist: { things } }: { readonly gist: Gist }) {
  const named = things.map(({ kind, name }) => `${words(kind)} ${name}`);
  return <Inert text={listed(named)} />;
}

/** The same as plain text, for a document's title and what is read aloud. */
export function firstLineText(asked: Asked): string {
  const { effect, operations, things, environments } = gistOf(asked);
  const what = things.length === 0 ? listed(operations) : listed(things.map(({ name }) => name));
  const where = environments.length === 0 ? '' : ` in ${listed(environments.map(({ slug }) => slug))}`;
  const verb = effect ?? 'call';
  return inertLine(`${asked.kind === 'token' ? 'token: ' : ''}${verb} ${what}${where}`, 120);
}

/** What it does by name, coloured by effect, and where. */
export function Tags(asked: Asked) {
  const { effect, operations, environments } = gistOf(asked);
  return (
    <div className={classes.tags}>
      {effect === undefined ? null : <EffectTag effect={effect} />}
      {operations.slice(0, 3).map((name) => (
        <code key={name}>
          <Inert text={name} />
        </code>
      ))}
      {operations.length > 3 ? <span className={classes.faint}>and {operations.length - 3} more</span> : null}
      {environments.slice(0, 4).map(({ slug, isProtected }) => (
        <EnvironmentTag key={slug} slug={slug} isProtected={isProtected} />
      ))}
      {environments.length > 4 ? <span className={classes.faint}>and {environments.length - 4} more</span> : null}
    </div>
  );
}
