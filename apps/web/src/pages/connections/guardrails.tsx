import { Button } from '@mantine/core';
import { type Guardrail, whenLines } from '@writ/core';
import { lazy, Suspense, useState } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import type { Connection } from '../../parts/providers.ts';
import { ruleOutcome } from '../../parts/rule-words.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import { EnvironmentTag, Label } from '../../parts/tags.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './connections.module.css';
import type { Environment } from './environment-form.tsx';
import { GuardTag, guardOf } from './guard-words.tsx';
import { Matrix } from './matrix.tsx';

const GuardForm = lazy(async () => ({ default: (await import('./guard-form.tsx')).GuardForm }));

/** What no grant overrides: by environment and effect, and what was decided for single operations. */
export function GuardrailsTab({ connection: { slug } }: { readonly connection: Connection }) {
  const guardrails = useApi('guardrails.get', {});
  const environments = useApi('environments.list', { connection: slug, limit: 1000 });
  const mayChange = useMay('admin');
  const [at, setAt] = useState<Environment>();
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
              <Rules slug={slug} items={items} version={version} places={places} />
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

interface MatrixProps {
  readonly slug: string;
  readonly rules: readonly Guardrail[];
  readonly places: readonly Environment[];
  readonly choose: ((environment: Environment) => void) | undefined;
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
              Change
            </Button>
          ),
        }
      }
    />
  );
}

interface RulesProps {
  readonly slug: string;
  readonly items: readonly Guardrail[];
  readonly version: string;
  readonly places: readonly Environment[];
}

/** The added rules that speak of this connection. */
function Rules({ slug, items, version, places }: RulesProps) {
  const kinds = new Set<string>(places.flatMap((place) => [place.slug, place.kind]));
  const guarded = new Set(['protected', ...places.filter((place) => place.protected).map((place) => place.slug)]);
  const speaking = items.filter(
    ({ connection, environments }) => (connection === undefined || connection === slug) && kinds.has(environments),
  );
  return (
    <Section
      title="Added rules"
      about="A rule for one operation in one environment decides alone there: the one way to loosen, for an owner only. All others only tighten."
    >
      {speaking.length === 0 ? (
        <span className={classes.soft}>None: what the table says holds for every operation.</span>
      ) : (
        <div>
          {speaking.map((rule) => (
            <Rule
              key={JSON.stringify(rule)}
              rule={rule}
              items={items}
              version={version}
              isProtected={guarded.has(rule.environments)}
            />
          ))}
        </div>
      )}
    </Section>
  );
}

type RuleProps = Pick<RulesProps, 'items' | 'version'> & { readonly rule: Guardrail; readonly isProtected: boolean };

function Rule({ rule, items, version, isProtected }: RuleProps) {
  const mayChange = useMay('admin');
  const remove = useChange('guardrails.put', {
    title: `Take back the rule on ${rule.operations}`,
    what: `From then on ${rule.operations} in ${rule.environments} is guarded by the other rules alone. Where that is milder, only an owner may.`,
  });
  return (
    <div className={classes.row}>
      <span>
        <code className={classes.mono}>
          <Inert text={rule.operations} />
        </code>{' '}
        in <EnvironmentTag slug={rule.environments} isProtected={isProtected} />{' '}
        {rule.connection === undefined ? <Label>every connection</Label> : null}{' '}
        {rule.when === undefined ? null : (
          <span className={classes.soft}>
            where <Inert text={whenLines(rule.when).join(' and ')} />{' '}
          </span>
        )}
        {ruleOutcome(rule)}
        {remove.error ? <Failure error={remove.error} /> : null}
      </span>
      {mayChange ? (
        <Button
          variant="default"
          size="compact-sm"
          loading={remove.isPending}
          onClick={() => remove.mutate({ items: items.filter((other) => other !== rule), version })}
        >
          Take back
        </Button>
      ) : null}
    </div>
  );
}
