import { Fragment } from 'react';
import { useMe } from '../../api/me.ts';
import { type Approval, listed } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { RuleLink } from '../../parts/rule-link.tsx';
import { ruleScope } from '../../parts/rule-words.ts';
import classes from './approvals.module.css';
import { yesesOf } from './words.ts';

interface WhyProps {
  readonly approval: Approval;
  /** Whether each rule leads to where it is seen among the others; not where a whole card is one link. */
  readonly isLinked?: boolean;
}

/** Why a person is asked: the guardrails that want it. */
export function Why({ approval: { shown, token, kind, connection }, isLinked = false }: WhyProps) {
  if (kind === 'token')
    return (
      <>{token === null ? 'it is beyond its grants' : <Inert text={`beyond its grants: ${listed(token.beyond)}`} />}</>
    );
  const asking = new Map(
    shown?.rules.flatMap((rule) => (rule.outcome === 'approve' ? [[ruleScope(rule), rule] as const] : [])),
  );
  if (asking.size === 0) return <>a guardrail asks a person</>;
  if (!isLinked || connection === null)
    return <Inert text={`guardrail: ${listed([...asking.keys()])} asks a person`} />;
  return (
    <>
      guardrail:{' '}
      {[...asking].map(([text, rule], index) => (
        <Fragment key={text}>
          {index === 0 ? null : ', '}
          <RuleLink connection={connection} rule={rule}>
            <Inert text={text} />
          </RuleLink>
        </Fragment>
      ))}{' '}
      asks a person
    </>
  );
}

/** Who could say yes, seen by the one who reads it. */
export function Who({ approval }: { readonly approval: Approval }) {
  const me = useMe();
  const { approvers, nobody, may_approve, quorum, state } = approval;
  if (state !== 'pending') return null;
  if (nobody !== null) return <>nobody</>;
  const others = approvers.filter(({ id }) => id !== me.id).map(({ name }) => name);
  const yeses = yesesOf(approval);
  return (
    <>
      {may_approve ? (others.length === 0 ? 'you, nobody else' : 'you, or ') : null}
      <Inert text={listed(others)} />
      {quorum > 1 ? (
        <span className={classes.soft}>
          {' '}
          · it takes {quorum}, {yeses.length} said yes
        </span>
      ) : null}
    </>
  );
}
