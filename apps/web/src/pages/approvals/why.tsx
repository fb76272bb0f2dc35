import { type Approval, listed, type Shown, unique } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { ruleScope } from '../../parts/rule-words.ts';
import { useMe } from '../../shell/me.ts';
import classes from './approvals.module.css';
import { yesesOf } from './words.ts';

/** Why a person is asked: the guardrails that want it. */
export function Why({ approval }: { readonly approval: Approval }) {
  const { shown, token, kind } = approval;
  if (kind === 'token')
    return (
      <>{token === null ? 'it is beyond its grants' : <Inert text={`beyond its grants: ${listed(token.beyond)}`} />}</>
    );
  return <>{shown === null ? 'a guardrail asks a person' : <Inert text={rulesText(shown)} />}</>;
}

function rulesText({ rules }: Shown): string {
  const asking = rules.filter(({ outcome }) => outcome === 'approve');
  if (asking.length === 0) return 'a guardrail asks a person';
  return `guardrail: ${listed(unique(asking.map((rule) => ruleScope(rule))))} asks a person`;
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
