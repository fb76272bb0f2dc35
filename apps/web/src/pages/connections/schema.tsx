import { Button, Group } from '@mantine/core';
import type { OutputOf } from '@writ/api';
import { EFFECTS, inert } from '@writ/core';
import { useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useChange } from '../../api/queries.ts';
import { Fold, Lines } from '../../parts/fold.tsx';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { Failure, Working } from '../../parts/states.tsx';
import { EffectTag, Label } from '../../parts/tags.tsx';
import classes from './connections.module.css';
import { EffectForm } from './effect-form.tsx';

type News = OutputOf<'connections.schema'>;
type NewName = News['new'][number];

/** How many new names are shown before the fold. */
const FEW = 30;

/** Reads the provider's live schema, and shows what the catalog does not know of it. */
export function LiveSchema({ slug }: { readonly slug: string }) {
  const mayRead = useMay('admin');
  const read = useChange('connections.schema', { title: 'Read the live schema' });
  if (!mayRead) return null;
  return (
    <Section
      title="What is new at the provider"
      about="The catalog of this release against the provider's live schema. What is new is refused until an owner admits it, name by name."
      actions={
        <Button variant="default" loading={read.isPending} onClick={() => read.mutate({ connection: slug })}>
          Read the live schema
        </Button>
      }
    >
      {read.isPending ? <Working what="Reading the provider's schema ..." /> : null}
      <Failure error={read.error} />
      {read.data === undefined ? null : (
        <Differences slug={slug} news={read.data} again={() => read.mutate({ connection: slug })} />
      )}
    </Section>
  );
}

interface DifferencesProps {
  readonly slug: string;
  readonly news: News;
  readonly again: () => void;
}

function Differences({ slug, news, again }: DifferencesProps) {
  const { missing, changed, stale } = news;
  const names = (some: readonly NewName[]) =>
    some.map((one) => <New key={`${one.name} ${one.argument ?? ''}`} slug={slug} one={one} again={again} />);
  if (news.new.length + missing.length + changed.length + stale.length === 0)
    return <span>Nothing is new: the live schema is as the catalog has it.</span>;
  return (
    <>
      <div>
        {names(news.new.slice(0, FEW))}
        {news.new.length <= FEW ? null : (
          <Fold summary={`${news.new.length - FEW} more that are new`}>{names(news.new.slice(FEW, 500))}</Fold>
        )}
      </div>
      <Names title="No longer there" lines={missing} />
      <Names title="Changed" lines={changed} />
      <Names
        title="Admitted once, and no longer as it was then: refused again"
        lines={stale.map(({ name, argument }) => (argument === null ? name : `${name}(${argument})`))}
      />
    </>
  );
}

function Names({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Fold summary={`${title}: ${lines.length}`}>
      <Lines>
        {lines.slice(0, 500).map((line) => (
          <li key={line} className={classes.mono}>
            <Inert text={line} />
          </li>
        ))}
      </Lines>
    </Fold>
  );
}

/** One name that the catalog lacks. The provider's description is its own words and proves nothing. */
function New({ slug, one, again }: { readonly slug: string; readonly one: NewName; readonly again: () => void }) {
  const isOwner = useMay('owner');
  const { name, argument, kind, type, description, refused, admitted } = one;
  return (
    <div className={classes.row}>
      <span>
        <code className={classes.mono}>
          <Inert text={argument === null ? name : `${name}(${argument})`} />
        </code>{' '}
        <Label>{kind}</Label> <span className={classes.soft}>{<Inert text={type} />}</span>
        {description === null ? null : (
          <>
            <br />
            <q className={classes.soft}>
              <Inert text={description} />
            </q>
          </>
        )}
        {refused === null ? null : (
          <>
            <br />
            <span className={classes.soft}>
              Cannot be admitted: <Inert text={refused} />
            </span>
          </>
        )}
      </span>
      {admitted === null ? (
        isOwner && refused === null ? (
          <Admit slug={slug} one={one} again={again} />
        ) : (
          <Label>refused</Label>
        )
      ) : (
        <span className={classes.tags}>
          <Label tone="warn">admitted as</Label> <EffectTag effect={admitted.effect} />
        </span>
      )}
    </div>
  );
}

function Admit({ slug, one, again }: { readonly slug: string; readonly one: NewName; readonly again: () => void }) {
  const [opened, setOpened] = useState(false);
  const { name, argument, least } = one;
  const called = inert(argument === null ? name : `${name}(${argument})`);
  const words = {
    title: `Admit ${called}`,
    danger: true,
    what: `Nobody has reviewed what ${called} does. From then on a grant that spells it out covers it, and a call that uses it counts as reaching every environment.`,
  };
  const operation = useChange('operations.put', words);
  const admit = useChange('operations.admit', words);
  const from = { connection: slug, name };
  return (
    <Group>
      <Button variant="default" size="compact-sm" aria-label={`Admit it: ${called}`} onClick={() => setOpened(true)}>
        Admit it
      </Button>
      <EffectForm
        opened={opened}
        title={`Admit ${called}`}
        about={`Give it the worst effect that it can have. It is at least ${least}.`}
        button={`Admit ${called}`}
        effects={EFFECTS.slice(EFFECTS.indexOf(least))}
        change={argument === null ? operation : admit}
        send={(values, done) => {
          const then = {
            onSuccess: () => {
              done();
              again();
            },
          };
          if (argument === null) operation.mutate({ ...from, ...values }, then);
          else admit.mutate({ ...from, arguments: [argument], ...values }, then);
        }}
        close={() => setOpened(false)}
      />
    </Group>
  );
}
