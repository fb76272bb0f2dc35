import { EFFECTS, type Effect, type EnvironmentKind, type GuardedPair, type Guardrail, guardPair } from '@writ/core';
import { EffectTag, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import classes from './connections.module.css';

/** An environment as guardrails see it. */
export interface Place {
  readonly connection: string;
  readonly slug: string;
  readonly kind: EnvironmentKind;
}

/** A name that no operation has: only rules for all operations speak of it. */
const ANY = '\0';

/** What holds at a place for all operations of an effect, but for those that narrower rules speak of. */
export function guardOf(rules: readonly Guardrail[], { connection, slug, kind }: Place, effect: Effect): GuardedPair {
  return guardPair(rules, connection, { name: ANY, effect, base_effect: effect }, { slug, kind });
}

/** The details of an outcome, for its tag: `then 60 min`, `2 people`. */
function detailOf({ outcome, approve, hold_minutes, quorum }: GuardedPair): string | undefined {
  if (outcome === 'deny') return undefined;
  const people = quorum === undefined ? [] : [`${quorum} people`];
  const wait = hold_minutes > 0 ? [`${approve ? 'then ' : ''}${minutesText(hold_minutes)}`] : [];
  const all = [...people, ...wait];
  return all.length === 0 ? undefined : all.join(', ');
}

/** What becomes of a call, as the end of a sentence: `asks a person, then waits 60 min`. */
export function guardSentence({ outcome, approve, hold_minutes, quorum }: GuardedPair): string {
  if (outcome === 'deny') return 'is refused';
  const wait = `waits ${minutesText(hold_minutes)}, and can be cancelled meanwhile`;
  const ask = quorum === undefined ? 'asks a person' : `asks ${quorum} people`;
  if (approve) return hold_minutes > 0 ? `${ask}, then ${wait}` : ask;
  return hold_minutes > 0 ? wait : 'goes through at once';
}

/** `90` -> `90 min`, `1440` -> `24 h`. */
export function minutesText(minutes: number): string {
  return minutes >= 120 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
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
  return <OutcomeTag outcome={outcomeOf(pair)} detail={detailOf(pair)} />;
}

interface ChangesProps {
  readonly rules: readonly Guardrail[];
  readonly from: Place;
  readonly to: Place;
}

/** What becomes of an environment's guards under another name or kind: only what differs. */
export function GuardChanges({ rules, from, to }: ChangesProps) {
  const changed = EFFECTS.map((effect) => ({
    effect,
    now: guardOf(rules, from, effect),
    later: guardOf(rules, to, effect),
  })).filter(({ now, later }) => guardSentence(now) !== guardSentence(later));
  if (changed.length === 0) return <span>What is done there is guarded as before.</span>;
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
