import { EFFECTS, type Effect, type GuardedPair, type Guardrail, guardPair } from '@writ/core';
import { useApi } from '../../api/queries.ts';
import { Lines } from '../../parts/fold.tsx';
import { Inert } from '../../parts/inert.tsx';
import { outcomeDetail, outcomeSentence, ruleText } from '../../parts/rule-words.ts';
import { Ready } from '../../parts/states.tsx';
import { EffectTag, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import classes from './connections.module.css';
import { type Place, ruleChanges } from './guard-changes.ts';

/** A name that no operation has: only rules for all operations speak of it. */
const ANY = '\0';

/** What holds at a place for all operations of an effect, but for those that narrower rules speak of. */
export function guardOf(rules: readonly Guardrail[], { connection, slug, kind }: Place, effect: Effect): GuardedPair {
  return guardPair(rules, connection, { name: ANY, effect, base_effect: effect }, { slug, kind });
}

/** Tells whether a pair is guarded less than before: as the API judges it, a denial is the strictest. */
export function isLooser(then: GuardedPair, now: GuardedPair): boolean {
  if (then.outcome === 'deny') return false;
  if (now.outcome === 'deny') return true;
  const yeses = ({ approve, quorum = 1 }: GuardedPair): number => (approve ? quorum : 0);
  return yeses(then) < yeses(now) || then.hold_minutes < now.hold_minutes;
}

/** The outcome of a pair as a tag with its details. */
export function GuardTag({ pair }: { readonly pair: GuardedPair }) {
  return <OutcomeTag outcome={outcomeOf(pair)} detail={outcomeDetail(pair)} />;
}

interface ChangesProps {
  readonly from: Place;
  readonly to: Place;
}

/** What becomes of an environment's guards under another name or kind: only what differs, and nothing before the rules are known. */
export function GuardChanges({ from, to }: ChangesProps) {
  const guardrails = useApi('guardrails.get', {});
  return (
    <Ready query={guardrails}>
      {({ shipped, items }) => <Differing rules={[...shipped, ...items]} from={from} to={to} />}
    </Ready>
  );
}

function Differing({ rules, from, to }: ChangesProps & { readonly rules: readonly Guardrail[] }) {
  const { stop, begin } = ruleChanges(rules, from, to);
  return (
    <>
      <EffectChanges rules={rules} from={from} to={to} isAll={stop.length + begin.length === 0} />
      <RuleList title="Rules that stop to hold" rules={stop} />
      <RuleList title="Rules that begin to hold" rules={begin} />
    </>
  );
}

function RuleList({ title, rules }: { readonly title: string; readonly rules: readonly Guardrail[] }) {
  if (rules.length === 0) return null;
  return (
    <div>
      <strong>{title}</strong>
      <Lines>
        {rules.map((rule) => (
          <li key={JSON.stringify(rule)}>
            <Inert text={ruleText(rule)} />
          </li>
        ))}
      </Lines>
    </div>
  );
}

type EffectChangesProps = ChangesProps & { readonly rules: readonly Guardrail[]; readonly isAll: boolean };

function EffectChanges({ rules, from, to, isAll }: EffectChangesProps) {
  const changed = EFFECTS.map((effect) => ({
    effect,
    now: guardOf(rules, from, effect),
    later: guardOf(rules, to, effect),
  })).filter(({ now, later }) => outcomeSentence(now) !== outcomeSentence(later));
  if (changed.length === 0) return isAll ? <span>What is done there is guarded as before.</span> : null;
  return (
    <table className={classes.changes}>
      <thead>
        <tr>
          <th scope="col">What is done there</th>
          <th scope="col">Now</th>
          <th scope="col">From then on</th>
        </tr>
      </thead>
      <tbody>
        {changed.map(({ effect, now, later }) => (
          <tr key={effect}>
            <td>
              <EffectTag effect={effect} />
            </td>
            <td>
              <GuardTag pair={now} />
            </td>
            <td>
              <GuardTag pair={later} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
