import { Button } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { type Guardrail, inert, parseSelector, whenLines } from '@writ/core';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Environment } from '../../parts/environment.tsx';
import { Fold } from '../../parts/fold.tsx';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { Notice } from '../../parts/notice.tsx';
import { Section } from '../../parts/page.tsx';
import type { Connection } from '../../parts/providers.ts';
import { ruleAddress } from '../../parts/rule-link.tsx';
import { placesOf, ruleOutcome } from '../../parts/rule-words.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag } from '../../parts/tags.tsx';
import classes from './connections.module.css';
import type { Environment as Place } from './environment-form.tsx';
import { GuardTag, guardOf } from './guard-words.tsx';
import { Matrix } from './matrix.tsx';

const GuardForm = later(async () => (await import('./guard-form.tsx')).GuardForm);

/** What no grant overrides: by environment and effect, and what was decided for single operations. */
export function GuardrailsTab({ connection: { slug } }: { readonly connection: Connection }) {
  const guardrails = useApi('guardrails.get', {});
  const environments = useApi('environments.list', { connection: slug, limit: 1000 });
  const mayChange = useMay('admin');
  const [at, setAt] = useState<Place>();
  return (
    <Ready query={guardrails}>
      {({ items, shipped, version }) => (
        <Ready query={environments}>
          {({ items: places }) => (
            <>
              <Section
                title="By environment and effect"
                about="What becomes of a call that a grant covers. No grant, and no token, goes past this."
              >
                <GuardMatrix
                  slug={slug}
                  rules={[...shipped, ...items]}
                  places={places}
                  choose={mayChange ? setAt : undefined}
                />
              </Section>
              <RuleLists slug={slug} rules={{ items, shipped, version }} places={places} />
              {at === undefined ? null : (
                <Suspense>
                  <GuardForm
                    connection={slug}
                    environment={at}
                    rules={{ shipped, items, version }}
                    done={() => setAt(undefined)}
                  />
                </Suspense>
              )}
            </>
          )}
        </Ready>
      )}
    </Ready>
  );
}

interface Rules {
  readonly items: readonly Guardrail[];
  readonly shipped: readonly Guardrail[];
  readonly version: string;
}

interface MatrixProps {
  readonly slug: string;
  readonly rules: readonly Guardrail[];
  readonly places: readonly Place[];
  readonly choose: ((environment: Place) => void) | undefined;
}

function GuardMatrix({ slug, rules, places, choose }: MatrixProps) {
  return (
    <Matrix
      label="Guardrails by environment and effect"
      rows={places}
      keyOf={(place) => place.slug}
      environment={(place) => <EnvironmentTag slug={place.slug} isProtected={place.protected} />}
      cell={(place, effect) => (
        <GuardTag pair={guardOf(rules, { connection: slug, slug: place.slug, kind: place.kind }, effect)} />
      )}
      last={
        choose && {
          name: 'One operation',
          cell: (place) => (
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`Change one operation in ${place.slug}`}
              onClick={() => choose(place)}
            >
              Change one operation
            </Button>
          ),
        }
      }
    />
  );
}

interface RulesProps {
  readonly slug: string;
  readonly rules: Rules;
  readonly places: readonly Place[];
}

/** The rules that speak of this connection: those that were added, and those that every Writ has. */
function RuleLists({ slug, rules, places }: RulesProps) {
  const { rule: wanted } = useSearch({ from: '/signed-in/connections/$slug' });
  const { items, shipped, version } = rules;
  const kinds = new Set<string>(places.flatMap((place) => [place.slug, place.kind]));
  const speaking = items.filter(
    ({ connection, environments }) => (connection === undefined || connection === slug) && kinds.has(environments),
  );
  const isWanted = (rule: Guardrail): boolean => ruleAddress(rule) === wanted;
  const isGone = wanted !== undefined && !shipped.some(isWanted) && !speaking.some(isWanted);
  return (
    <Section
      title="Rules"
      about="A rule for one operation in one environment decides alone there: the one way to loosen, for an owner only. All others only tighten."
    >
      {isGone ? (
        <Notice tone="warn" title="The rule that the link led to is not there any more">
          <p>It was changed or taken back since. What holds now stands here.</p>
        </Notice>
      ) : null}
      {speaking.length === 0 ? (
        <span className={classes.soft}>None was added: what the table says holds for every operation.</span>
      ) : (
        <ul className={classes.rules}>
          {speaking.map((rule) => (
            <Rule key={JSON.stringify(rule)} slug={slug} rule={rule} isWanted={isWanted(rule)}>
              <TakeBack rule={rule} items={items} version={version} />
            </Rule>
          ))}
        </ul>
      )}
      <Fold summary="What every Writ comes with" open={shipped.some(isWanted)}>
        <ul className={classes.rules}>
          {shipped
            .filter(({ outcome }) => outcome !== 'allow')
            .map((rule) => (
              <Rule key={JSON.stringify(rule)} slug={slug} rule={rule} isWanted={isWanted(rule)} />
            ))}
        </ul>
      </Fold>
    </Section>
  );
}

interface RuleProps {
  readonly slug: string;
  readonly rule: Guardrail;
  /** Whether a link led to it. */
  readonly isWanted: boolean;
  readonly children?: ReactNode;
}

/** A rule in words: what it speaks of, where, and what it does. */
function Rule({ slug, rule, isWanted, children }: RuleProps) {
  const place = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isWanted) place.current?.scrollIntoView({ block: 'center' });
  }, [isWanted]);
  return (
    <li ref={place} className={classes.row} data-wanted={isWanted || undefined} aria-current={isWanted || undefined}>
      <span>
        <OperationsOf rule={rule} /> in{' '}
        {placesOf(rule.environments) ?? <Environment connection={slug} slug={rule.environments} />}
        {rule.connection === undefined && placesOf(rule.environments) === undefined ? ' of every connection' : ''}
        {rule.when === undefined ? null : (
          <>
            {' '}
            where <Inert text={whenLines(rule.when).join(' and ')} />
          </>
        )}{' '}
        <strong>{ruleOutcome(rule)}</strong>.
      </span>
      {children}
    </li>
  );
}

/** All operations of an effect are told by the effect; others by the selector. */
function OperationsOf({ rule: { operations } }: Pick<RuleProps, 'rule'>) {
  const { pattern, effect } = parseSelector(operations);
  if (pattern === '*' && effect !== undefined)
    return (
      <>
        What counts as <EffectTag effect={effect} />
      </>
    );
  return (
    <code className={classes.mono}>
      <Inert text={operations} />
    </code>
  );
}

function TakeBack({ rule, items, version }: Pick<Rules, 'items' | 'version'> & { readonly rule: Guardrail }) {
  const mayChange = useMay('admin');
  const remove = useChange('guardrails.put', {
    title: `Take back the rule on ${inert(rule.operations)}`,
    what: `From then on ${inert(rule.operations)} in ${rule.environments} is guarded by the other rules alone. Where that is milder, only an owner may.`,
  });
  if (!mayChange) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={`Take back the rule on ${inert(rule.operations)} in ${rule.environments}`}
        loading={remove.isPending}
        onClick={() => remove.mutate({ items: items.filter((other) => other !== rule), version })}
      >
        Take back the rule
      </Button>
      <Failure error={remove.error} />
    </>
  );
}
