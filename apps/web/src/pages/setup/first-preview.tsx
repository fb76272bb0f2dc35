import type { OutputOf, RequestOf } from '@writ/api';
import { useApi } from '../../api/queries.ts';
import { Failure, Working } from '../../parts/states.tsx';
import { EffectTag, EnvironmentTag, OutcomeTag, outcomeOf } from '../../parts/tags.tsx';
import classes from './wizard.module.css';

interface FirstPreviewProps {
  readonly grant: RequestOf<'grants.create'>;
  readonly who: string;
  readonly environments: OutputOf<'environments.list'>['items'];
}

/** What a grant would let happen, counted: nothing is left out of it. */
export function FirstPreview({ grant, who, environments }: FirstPreviewProps) {
  const preview = useApi('grants.preview', { ...grant, limit: 1 }, { keepOld: true });
  if (preview.error) return <Failure error={preview.error} />;
  if (preview.data === undefined) return <Working what="Working out what it lets happen ..." />;
  const { summary, impossible } = preview.data;
  const refused = impossible.filter((count) => count.refused === count.all).map(({ effect }) => effect);
  return (
    <section aria-label="What this lets happen">
      <ul className={classes.events}>
        {summary.map((count) => (
          <li key={`${count.environment} ${count.effect} ${count.outcome} ${count.approve} ${count.hold_minutes}`}>
            <EnvironmentTag
              slug={count.environment}
              isProtected={environments.some((each) => each.slug === count.environment && each.protected)}
            />
            <EffectTag effect={count.effect} />
            <span>{count.operations === 1 ? '1 operation' : `${count.operations} operations`}</span>
            <OutcomeTag outcome={outcomeOf(count)} />
          </li>
        ))}
      </ul>
      {refused.length > 0 ? (
        <p>
          For {who}, whatever would {refused.join(', ')} stays refused, in every environment.
        </p>
      ) : null}
    </section>
  );
}
