import { Button } from '@mantine/core';
import { canonicalJson, type Guardrail } from '@writ/core';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { useChange } from '../../api/queries.ts';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import rows from '../../parts/rows.module.css';
import { ruleText } from '../../parts/rule-words.ts';
import { Failure } from '../../parts/states.tsx';
import { useMay } from '../../shell/me.ts';
import classes from './approvals.module.css';

/** The narrowest lasting mends, for an owner: one operation in one environment is asked about no more. */
export function Mends({ approval, dead }: { readonly approval: Approval; readonly dead: boolean }) {
  const isOwner = useMay('owner');
  const rules = approval.offers.flatMap(({ rule }) => rule ?? []);
  if (!isOwner || rules.length === 0) return null;
  return (
    <Section
      title="So that nobody is asked again"
      about="The narrowest rules that would do. Each loosens one operation in one environment, for every client; every other owner is told."
    >
      <ul className={rows.rows} data-apart>
        {rules.map((rule) => (
          <li key={canonicalJson(rule)}>
            <Mend rule={rule} dead={dead} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Mend({ rule, dead }: { readonly rule: Guardrail; readonly dead: boolean }) {
  const [isSet, setSet] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const words = `${ruleText(rule)}.`;
  const put = useChange('guardrails.put', { title: 'Set this guardrail', what: `${words} Every other owner is told.` });
  const set = async (): Promise<void> => {
    setProblem(undefined);
    try {
      const { items, version } = await call('guardrails.get', {});
      await put.mutateAsync({ items: [...items.filter((other) => !isSamePlace(other, rule)), rule], version });
      setSet(true);
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <>
      <span>
        <Inert text={words} />
      </span>
      {isSet ? (
        <span className={classes.faint}>Set.</span>
      ) : (
        <Button variant="default" size="xs" disabled={dead} loading={put.isPending} onClick={() => void set()}>
          Set this guardrail
        </Button>
      )}
      {problem === undefined ? null : <Failure error={problem} />}
    </>
  );
}

function isSamePlace(a: Guardrail, b: Guardrail): boolean {
  const place = ({ connection = '', environments, operations, when = {} }: Guardrail): string =>
    canonicalJson({ connection, environments, operations, when });
  return place(a) === place(b);
}
