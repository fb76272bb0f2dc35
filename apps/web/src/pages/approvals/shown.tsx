import type { ReactNode } from 'react';
import { Id } from '../../parts/copy.tsx';
import type { Shown } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { EffectTag, EnvironmentTag, Label } from '../../parts/tags.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './approvals.module.css';
import { factsText, leaves, words } from './facts.ts';
import look from './shown.module.css';
import type { Blast } from './words.ts';

type Item = Blast['dies'][number];

/** What is lost, as the provider says now: what dies, which backups die with it, which are left, and what is not known. */
export function WhatDies({ blast }: { readonly blast: Blast }) {
  const { dies, backups_lost, backups_left, unknown, undescribable } = blast;
  return (
    <div className={look.stack}>
      <Items title="Dies" items={dies} tone="bad" />
      <Items title="Backups that die with it" items={backups_lost} tone="bad" />
      {backups_lost.length > 0 && backups_left.length === 0 ? (
        <p className={classes.alarm}>No backup of it would be left.</p>
      ) : null}
      <Items title="Backups that are left, newest first" items={backups_left} tone="good" />
      <Sentences title="Not known" texts={unknown} />
      <Sentences title="Why nobody can approve it" texts={undescribable} />
    </div>
  );
}

function Items({
  title,
  items,
  tone,
}: {
  readonly title: string;
  readonly items: readonly Item[];
  readonly tone: 'good' | 'bad';
}) {
  if (items.length === 0) return null;
  return (
    <div>
      <h3 className={look.name}>{title}</h3>
      <ul className={look.things} data-tone={tone}>
        {items.map((item) => (
          <li key={`${item.kind} ${item.id}`}>
            <span className={look.thing}>
              <span className={classes.faint}>{<Inert text={words(item.kind)} />}</span>{' '}
              <strong>{<Inert text={item.name ?? item.id} />}</strong>
              {item.environment === undefined ? null : (
                <span className={classes.soft}> in {<Inert text={item.environment} />}</span>
              )}
              {item.newest ? <Label tone="warn">newest</Label> : null}
              {item.automatic ? <Label>made by the provider</Label> : null}
            </span>
            <span className={look.measured}>{<Inert text={factsText(item.facts)} />}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sentences({ title, texts }: { readonly title: string; readonly texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <div>
      <h3 className={look.name}>{title}</h3>
      <ul className={classes.plainList}>
        {texts.map((text) => (
          <li key={text}>
            <Inert text={text} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the provider says of what the request acts on, operation by operation. */
export function ProviderFacts({ shown }: { readonly shown: Shown }) {
  const { operations, blast_radius: blast, stored_state, left_out } = shown;
  return (
    <div className={look.stack}>
      {operations.map((operation, index) => (
        <div key={index} className={look.operation}>
          <div className={classes.tags}>
            <EffectTag effect={operation.effect} />
            <code>{<Inert text={operation.name} />}</code>
            {operation.environments.map(({ slug, kind }) => (
              <EnvironmentTag key={slug} slug={slug} isProtected={kind === 'protected'} />
            ))}
          </div>
          {operation.effect === operation.base_effect ? null : (
            <p className={classes.small}>
              By itself it would {operation.base_effect}; its arguments make it {operation.effect}.
            </p>
          )}
          <Pairs pairs={leaves(operation.arguments).map(([path, text]) => [path, <Inert key={path} text={text} />])} />
        </div>
      ))}
      {left_out === undefined ? null : (
        <p className={classes.alarm}>
          {left_out} more things would be hit that are not shown: nobody can say yes to it.
        </p>
      )}
      {blast === null ? null : <Targets blast={blast} />}
      {stored_state.map(({ name, version, shown: state }) => (
        <div key={name}>
          <h3 className={look.name}>
            Stored at the provider, and done with it: <Inert text={name} />, version{' '}
            <code>{<Inert text={version} />}</code>
          </h3>
          <pre className={look.pre}>{<Inert text={asText(state)} />}</pre>
        </div>
      ))}
    </div>
  );
}

function Targets({ blast }: { readonly blast: Blast }) {
  const places = blast.environments.flatMap(({ slug, provider }) =>
    provider.map(({ id, name, container }): readonly [string, ReactNode] => [
      `${slug} is`,
      <span key={id}>
        <Inert text={`${container} / ${name}`} /> <Id id={id} what="the provider's id" />
      </span>,
    ]),
  );
  const things = blast.targets.map((target): readonly [string, ReactNode] => [
    words(target.kind),
    <span key={target.id}>
      <strong>{<Inert text={target.name ?? 'without a name'} />}</strong> <Id id={target.id} what="the provider's id" />
      <span className={look.measured}>{<Inert text={factsText(target.facts)} />}</span>
    </span>,
  ]);
  return <Pairs pairs={[...things, ...places]} />;
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, ReactNode])[] }) {
  if (pairs.length === 0) return null;
  return (
    <dl className={look.pairs}>
      {pairs.map(([name, value], index) => (
        <div key={index}>
          <dt>{<Inert text={name} />}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Names that this client changed of late: what is called `staging-data` today may have been production's yesterday. */
export function Renames({ shown }: { readonly shown: Shown }) {
  const { recent_renames, recent_renames_more } = shown;
  if (recent_renames.length === 0) return null;
  return (
    <ul className={classes.plainList}>
      {recent_renames.map(({ kind, id, before, to, at }) => (
        <li key={`${kind} ${id} ${at}`}>
          This client named {<Inert text={kind} />} <code>{<Inert text={id} />}</code>{' '}
          <strong>{<Inert text={to} />}</strong> <Time at={at} />; before, it was{' '}
          {before === undefined ? 'called something that is not known' : <strong>{<Inert text={before} />}</strong>}.
        </li>
      ))}
      {recent_renames_more > 0 ? <li>And {recent_renames_more} more names.</li> : null}
    </ul>
  );
}
