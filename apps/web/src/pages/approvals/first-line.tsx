import { counted } from '@writ/core';
import { Fragment } from 'react';
import {
  type Asked,
  allPlaces,
  type Gist,
  gistOf,
  listed,
  MOST_NAMED,
  placesText,
  roomFor,
  shortName,
} from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { EffectTag, EnvironmentTag } from '../../parts/tags.tsx';
import classes from './approvals.module.css';
import { words } from './facts.ts';

const VERBS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'change',
  reveal: 'see secrets of',
  execute: 'run code in',
  destroy: 'destroy',
  escalate: 'give or take access to',
};

/** The first line of a card: which client, for whom, would do what to what, and where. */
export function FirstLine(asked: Asked) {
  const gist = gistOf(asked);
  const by = (asked.shown ?? asked.token)?.asked_by;
  return (
    <>
      <Foreign name={by?.name ?? asked.client_id} />
      {by === undefined ? null : (
        <span className={classes.soft}>
          {' '}
          for <Foreign name={by.owner} />
        </span>
      )}{' '}
      {asked.kind === 'token' ? 'asks for a token that could' : 'wants to'} <Deed gist={gist} />
    </>
  );
}

function Deed({ gist }: { readonly gist: Gist }) {
  const { effect, operations, things, environments, also, backups, others } = gist;
  const verb = effect === undefined ? undefined : VERBS[effect];
  return (
    <>
      {verb === undefined || things.length === 0 ? (
        <>
          <span data-effect={effect} className={classes.verb}>
            {effect === undefined ? 'call' : effect}
          </span>{' '}
          {effect === undefined ? null : 'with '}
          <Inert text={listed(operations.map(shortName))} />
        </>
      ) : (
        <>
          <span data-effect={effect} className={classes.verb}>
            {verb}
          </span>{' '}
          <Things gist={gist} />
        </>
      )}
      {backups > 0 ? ` with ${counted(backups, 'backup', 'backups')}` : null}
      {environments.length > 0 ? <> in {placesText(environments)}</> : null}
      {also.map((each) => (
        <Fragment key={each.effect}>
          , and{' '}
          <span data-effect={each.effect} className={classes.verb}>
            {each.effect}
          </span>{' '}
          in {placesText(each.environments)}
        </Fragment>
      ))}
      {others > 0 ? `, and do ${counted(others, 'milder thing', 'milder things')}` : null}
    </>
  );
}

function Things({ gist: { things } }: { readonly gist: Gist }) {
  const named = things.slice(0, MOST_NAMED);
  const more = things.length - named.length;
  return (
    <>
      {named.map(({ kind, name }, index) => (
        <Fragment key={`${kind} ${name}`}>
          {index === 0 ? null : more === 0 && index === named.length - 1 ? ' and ' : ', '}
          {words(kind)}{' '}
          <span className={classes.name}>
            “<Foreign name={name} />”
          </span>
        </Fragment>
      ))}
      {more > 0 ? ` and ${more} more` : null}
    </>
  );
}

/** A name that somebody else gave, in Writ's sentence: it neither turns the sentence around nor pushes its end away. */
function Foreign({ name }: { readonly name: string }) {
  return (
    <bdi>
      <Inert text={shortName(name)} />
    </bdi>
  );
}

/** What it does by name, coloured by effect, and where. */
export function Tags(asked: Asked) {
  const gist = gistOf(asked);
  const { effect, operations } = gist;
  const places = allPlaces(gist);
  const room = roomFor(places, 4);
  return (
    <div className={classes.tags}>
      {effect === undefined ? null : <EffectTag effect={effect} />}
      {operations.slice(0, 3).map((name) => (
        <code key={name}>
          <Inert text={name} />
        </code>
      ))}
      {operations.length > 3 ? <span className={classes.faint}>and {operations.length - 3} more</span> : null}
      {places.slice(0, room).map(({ slug, isProtected }) => (
        <EnvironmentTag key={slug} slug={slug} isProtected={isProtected} />
      ))}
      {places.length > room ? <span className={classes.faint}>and {places.length - room} more</span> : null}
    </div>
  );
}
