import { type Effect, isWorse, type JsonObject, worstEffect } from '@writ/core';
import { GraphQLError, getArgumentValues } from 'graphql';
import type { Raise } from '../catalog.ts';
import type { EffectOverrides } from '../provider.ts';
import { holds } from './condition.ts';
import type { GraphqlOperation, NestedNote } from './operation.ts';
import type { Plan, PlannedField, PlannedNested, PlannedRoot } from './plan.ts';
import { notUnderstood, unknownOperation } from './refuse.ts';
import type { CoercedVariables } from './variables.ts';

/** What a plan is judged with. */
export interface Circumstances {
  readonly variables: CoercedVariables;
  readonly overrides: EffectOverrides;
}

interface Judging extends Circumstances {
  readonly plan: Plan;
  readonly operations: GraphqlOperation[];
  /** Plan index -> operation index. */
  readonly placed: Map<number, number>;
}

/**
 * Judges a plan with the variables of one call: the operations it performs, roots and those nested fields that do worse than
 * read or reach elsewhere.
 *
 * An override gives an effect to a field that the schema has and the catalog never reviewed; it is then taken to reach
 * anything. A name the schema lacks stays refused, override or not: its arguments could not be read as the server would.
 */
export function judge(plan: Plan, circumstances: Circumstances): readonly GraphqlOperation[] {
  const judging: Judging = { ...circumstances, plan, operations: [], placed: new Map() };
  const indexes = circumstances.overrides.size === 0 ? plan.telling : plan.fields.keys();
  for (const index of indexes) judgeField(judging, index);
  return judging.operations;
}

function judgeField(judging: Judging, index: number): void {
  const planned = judging.plan.fields[index];
  if (!planned) return;
  const facts = factsOf(judging, planned);
  if (planned.at === 'root') {
    add(judging, index, rootOperation(judging.plan, planned, facts));
  } else if (planned.leaves || facts.effect !== 'read') {
    if (!planned.leaves) forbidDirectory(judging, planned);
    add(judging, index, nestedOperation(judging, planned, facts));
  }
}

type Facts = Omit<GraphqlOperation, 'graphql' | 'parent' | 'secret_arguments'>;

function factsOf({ variables, overrides }: Judging, planned: PlannedField): Facts {
  const { name, review } = planned;
  const override = overrides.get(name);
  if (!planned.reviewed && override === undefined) throw unknownOperation(name);
  const base = override && isWorse(override, review.effect) ? override : review.effect;
  const values = argumentsOf(planned, variables);
  return { name, effect: raise(base, values, review.raises), base_effect: base, arguments: values };
}

function raise(base: Effect, values: JsonObject, raises: readonly Raise[] | undefined): Effect {
  if (!raises) return base;
  return worstEffect([base, ...raises.filter(({ when }) => holds(when, values)).map(({ to }) => to)]);
}

/** The arguments as graphql-js hands them to a resolver: defaults filled in, what is omitted left out, `null` kept. */
function argumentsOf({ field, name }: PlannedField, variables: CoercedVariables): JsonObject {
  try {
    // JSON in, JSON out: the scalars of the schema make nothing else.
    return getArgumentValues(field.definition, field.node, variables) as JsonObject;
  } catch (error) {
    if (error instanceof GraphQLError) throw notUnderstood(`The arguments of ${name} do not fit their types.`);
    throw error;
  }
}

function add(judging: Judging, index: number, operation: GraphqlOperation): void {
  judging.placed.set(index, judging.operations.length);
  judging.operations.push(operation);
}

function rootOperation(plan: Plan, planned: PlannedRoot, facts: Facts): GraphqlOperation {
  const { review, field, directory_only } = planned;
  return {
    ...facts,
    secret_arguments: review.secret ?? [],
    graphql: { at: 'root', root: plan.root, field: field.definition.name, review, directory_only },
  };
}

function nestedOperation(judging: Judging, planned: PlannedNested, facts: Facts): GraphqlOperation {
  const { field, review, directory_only } = planned;
  const note: NestedNote = {
    at: 'nested',
    type: field.type.name,
    field: field.definition.name,
    step: review.step,
    ...(review.by_id ? { by_id: review.by_id } : {}),
    directory_only,
    under: placeOf(judging, planned.under),
    path: pathOf(judging.plan, planned),
  };
  return { ...facts, secret_arguments: [], parent: placeOf(judging, planned.root), graphql: note };
}

function pathOf(plan: Plan, planned: PlannedField | undefined): string {
  if (!planned) return '';
  const name = planned.field.definition.name;
  return planned.at === 'root' ? name : `${pathOf(plan, plan.fields[planned.above])}.${name}`;
}

/** An override made a directory field worse than a read: what it lies under then reaches all it could. */
function forbidDirectory(judging: Judging, planned: PlannedNested): void {
  const at = placeOf(judging, planned.under);
  const under = judging.operations[at];
  if (under?.graphql.directory_only) {
    judging.operations[at] = { ...under, graphql: { ...under.graphql, directory_only: false } };
  }
}

function placeOf(judging: Judging, index: number): number {
  const place = judging.placed.get(index);
  if (place === undefined) throw new TypeError('a nested operation was judged before the one it lies under');
  return place;
}
