import { type Effect, type JsonObject, worstEffect } from '@writ/core';
import { GraphQLError } from 'graphql';
import type { Raise } from '../catalog.ts';
import { holds } from './condition.ts';
import type { GraphqlOperation } from './operation.ts';
import type { Plan, PlannedField, PlannedNested, PlannedRoot } from './plan.ts';
import { notUnderstood } from './refuse.ts';
import { raisedTo } from './reviews.ts';
import type { CoercedVariables } from './variables.ts';

interface Judging {
  readonly plan: Plan;
  readonly operations: GraphqlOperation[];
  /** Plan index -> operation index. */
  readonly placed: number[];
}

/**
 * Judges a plan with the variables of one call: the operations it performs, roots and those nested fields that do worse than
 * read or reach elsewhere.
 */
export function judge(plan: Plan, variables: CoercedVariables): readonly GraphqlOperation[] {
  const judging: Judging = { plan, operations: [], placed: [] };
  for (const planned of plan.fields) {
    const facts = factsOf(planned, variables);
    const counts = planned.at === 'root' || planned.leaves || facts.effect !== 'read';
    judging.placed.push(counts ? judging.operations.length : -1);
    if (!counts) continue;
    judging.operations.push(
      planned.at === 'root' ? rootOperation(judging, planned, facts) : nestedOperation(judging, planned, facts),
    );
  }
  return judging.operations;
}

type Facts = Pick<GraphqlOperation, 'name' | 'effect' | 'base_effect' | 'arguments'>;

function factsOf(planned: PlannedField, variables: CoercedVariables): Facts {
  const { name, review } = planned;
  const values = argumentsOf(planned, variables);
  return { name, effect: raise(review.effect, values, review.raises), base_effect: review.effect, arguments: values };
}

function raise(base: Effect, values: JsonObject, raises: readonly Raise[] | undefined): Effect {
  if (!raises) return base;
  return worstEffect([base, ...raises.filter(({ when }) => holds(when, values)).map(({ to }) => to)]);
}

function argumentsOf({ argumentsFor, name }: PlannedField, variables: CoercedVariables): JsonObject {
  try {
    return argumentsFor(variables);
  } catch (error) {
    if (error instanceof GraphQLError) throw notUnderstood(`The arguments of ${name} do not fit their types.`);
    throw error;
  }
}

function rootOperation(
  { plan }: Judging,
  { review, field, directory_only }: PlannedRoot,
  facts: Facts,
): GraphqlOperation {
  return {
    ...facts,
    secret_arguments: review.secret ?? [],
    ...(review.state_raises ? { raisable: raisedTo(facts.effect, review.state_raises) } : {}),
    graphql: { at: 'root', root: plan.root, field, review, directory_only },
  };
}

function nestedOperation({ placed }: Judging, planned: PlannedNested, facts: Facts): GraphqlOperation {
  const { type, field, review, directory_only, path } = planned;
  return {
    ...facts,
    secret_arguments: [],
    parent: placeOf(placed, planned.root),
    graphql: {
      at: 'nested',
      type,
      field,
      step: review.step,
      ...(review.by_id ? { by_id: review.by_id } : {}),
      directory_only,
      under: placeOf(placed, planned.under),
      path,
    },
  };
}

function placeOf(placed: readonly number[], index: number): number {
  const place = placed[index];
  if (place === undefined || place < 0)
    throw new TypeError('a nested operation was judged before the one it lies under');
  return place;
}
