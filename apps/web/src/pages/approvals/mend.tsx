import type { OutputOf } from '@writ/api';
import { canonicalJson, type Guardrail, isSamePlace } from '@writ/core';
import type { ReactNode } from 'react';
import { useMay } from '../../api/me.ts';
import { useApi, useChange } from '../../api/queries.ts';
import { Act } from '../../parts/act.tsx';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { ruleText } from '../../parts/rule-words.ts';
import { Ready } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import mend from './mend.module.css';
import { overruled } from './overruled.ts';

/** The narrowest lasting mends, for an owner: one operation in one environment is asked about no more. */
export function Mends({ approval, dead }: { readonly approval: Approval; readonly dead: boolean }) {
  const isOwner = useMay('owner');
  const rules = approval.offers.flatMap(({ rule }) => rule ?? []);
  const isOffered = isOwner && rules.length > 0;
  const set = useApi('guardrails.get', {}, { enabled: isOffered });
  if (!isOffered) return null;
  return (
    <Section
      title="So that nobody is asked again"
      about="The narrowest rules that would do. Each loosens one operation in one environment, for every client, until somebody sets it back; every other owner is told."
    >
      <Ready query={set}>{(now) => <Offers rules={rules} now={now} approval={approval} dead={dead} />}</Ready>
    </Section>
  );
}

interface OffersProps {
  readonly rules: readonly Guardrail[];
  /** The rules that are set now, and which version of them that is: what is said of them is what is changed. */
  readonly now: OutputOf<'guardrails.get'>;
  readonly approval: Approval;
  readonly dead: boolean;
}

/** Each with what it overrules by the rules as they are now; none that would let through what another refuses. */
function Offers({ rules, now, approval: { shown }, dead }: OffersProps) {
  const { shipped, items, version } = now;
  const offers = rules
    .map((rule) => ({ rule, beside: overruled(rule, shown?.operations ?? [], [...shipped, ...items]) }))
    .filter(({ beside }) => beside.every(({ outcome }) => outcome !== 'deny'));
  if (offers.length === 0)
    return <p className={classes.small}>None: by the rules as they are now, each would let through what is refused.</p>;
  return (
    <ul className={mend.mends}>
      {offers.map(({ rule, beside }) => (
        <li key={canonicalJson(rule)}>
          <Mend rule={rule} items={items} version={version} dead={dead} beside={beside} />
        </li>
      ))}
    </ul>
  );
}

interface MendProps {
  readonly rule: Guardrail;
  readonly items: readonly Guardrail[];
  readonly version: string;
  /** The rules that it overrules there. */
  readonly beside: readonly Guardrail[];
  readonly dead: boolean;
}

function Mend({ rule, items, version, beside, dead }: MendProps) {
  const replaced = items.filter((other) => isSamePlace(other, rule));
  const isSet = replaced.some((other) => canonicalJson(other) === canonicalJson(rule));
  const words = (
    <>
      <dl className={classes.four}>
        <Rules name="The rule" rules={[rule]} />
        <Rules name="In place of" rules={replaced} />
        <Rules name="Overrules there" rules={beside} />
      </dl>
      {rule.connection === undefined ? (
        <p className={classes.small}>
          It is for every connection: it loosens the operation in the environment of that name of each.
        </p>
      ) : null}
    </>
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
      <Act change={put} size="sm" disabled={dead} onClick={set}>
        Set this guardrail
      </Act>
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
