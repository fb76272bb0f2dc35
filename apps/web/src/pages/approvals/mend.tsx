import { Button } from '@mantine/core';
import { canonicalJson, type Guardrail, isSamePlace, parseSelector, selects } from '@writ/core';
import type { ReactNode } from 'react';
import { useApi, useChange } from '../../api/queries.ts';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { ruleText } from '../../parts/rule-words.ts';
import { Failure, Ready } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './approvals.module.css';
import mend from './mend.module.css';

/** The narrowest lasting mends, for an owner: one operation in one environment is asked about no more. */
export function Mends({ approval, dead }: { readonly approval: Approval; readonly dead: boolean }) {
  const isOwner = useMay('owner');
  const offers = approval.offers.flatMap(({ rule, operation }) => (rule === undefined ? [] : [{ rule, operation }]));
  const isOffered = isOwner && offers.length > 0;
  const set = useApi('guardrails.get', {}, { enabled: isOffered });
  if (!isOffered) return null;
  return (
    <Section
      title="So that nobody is asked again"
      about="The narrowest rules that would do. Each loosens one operation in one environment, for every client, until somebody sets it back; every other owner is told."
    >
      <Ready query={set}>
        {({ items, version }) => (
          <ul className={mend.mends}>
            {offers.map(({ rule, operation }) => (
              <li key={canonicalJson(rule)}>
                <Mend rule={rule} items={items} version={version} dead={dead} asking={askingOf(approval, operation)} />
              </li>
            ))}
          </ul>
        )}
      </Ready>
    </Section>
  );
}

/** The rules by which a person was asked about an operation. */
function askingOf({ shown }: Approval, name: string): Guardrail[] {
  const judged = shown?.operations.filter((operation) => operation.name === name) ?? [];
  return (shown?.rules ?? []).filter((rule) =>
    judged.some((operation) => selects(parseSelector(rule.operations), operation)),
  );
}

interface MendProps {
  readonly rule: Guardrail;
  /** The rules that are set now, and which version of them that is: what is said of them is what is changed. */
  readonly items: readonly Guardrail[];
  readonly version: string;
  /** The rules that it overrules there. */
  readonly asking: readonly Guardrail[];
  readonly dead: boolean;
}

function Mend({ rule, items, version, asking, dead }: MendProps) {
  const replaced = items.filter((other) => isSamePlace(other, rule));
  const isSet = replaced.some((other) => canonicalJson(other) === canonicalJson(rule));
  const beside = asking.filter((other) => !replaced.some((each) => isSamePlace(each, other)));
  const words = (
    <dl className={classes.four}>
      <Rules name="The rule" rules={[rule]} />
      <Rules name="In place of" rules={replaced} />
      <Rules name="Overrules there" rules={beside} />
    </dl>
  );
  const put = useChange('guardrails.put', { title: 'Set this guardrail', what: words });
  const set = (): void => put.mutate({ items: [...items.filter((other) => !isSamePlace(other, rule)), rule], version });
  if (isSet)
    return (
      <p className={classes.small}>
        Set: <Inert text={ruleText(rule)} />.
      </p>
    );
  return (
    <>
      {words}
      <Button variant="default" disabled={dead} loading={put.isPending} onClick={set}>
        Set this guardrail
      </Button>
      {put.error ? <Failure error={put.error} /> : null}
    </>
  );
}

function Rules({ name, rules }: { readonly name: string; readonly rules: readonly Guardrail[] }): ReactNode {
  return rules.length === 0 ? null : (
    <div>
      <dt>{name}</dt>
      <dd>
        {rules.map((rule) => (
          <div key={canonicalJson(rule)}>
            <Inert text={`${ruleText(rule)}.`} />
          </div>
        ))}
      </dd>
    </div>
  );
}
