import { type Effect, type JsonObject, worstEffect } from '@writ/core';
import { GraphQLError } from 'graphql';
import { raisedBy, raisedTo } from '../../review/raise.ts';
import { notUnderstood, unknownArgument } from '../refuse.ts';
import type { GraphqlOperation } from './operation.ts';
import type { Plan, PlannedField, PlannedNested, PlannedRoot } from './plan.ts';
import type { CoercedVariables } from './variables.ts';

interface Judgement {
  readonly plan: Plan;
  readonly operations: GraphqlOperation[];
  /** Plan index -> operation index. */
  readonly placed: number[];
}

/**
 * Judges a plan with the variables of one call. The result is the operations that it performs: the roots, and those nested fields that
 * have a worse effect than `read` or reach elsewhere.
 */
export function judge(plan: Plan, variables: CoercedVariables): readonly GraphqlOperation[] {
  const judging: Judgement = { plan, operations: [], placed: [] };
  for (const planned of plan.fields) {
    const facts = factsOf(planned, variables, plan.root);
    const counts = planned.at === 'root' || planned.leaves || facts.effect !== 'read' || facts.used.length > 0;
    judging.placed.push(counts ? judging.operations.length : placeOf(judging.placed, planned.under));
    if (!counts) continue;
    judging.operations.push(
      planned.at === 'root' ? rootOperation(judging, planned, facts) : nestedOperation(judging, planned, facts),
    );
  }
  return judging.operations;
}

interface Facts {
  readonly judged: Pick<GraphqlOperation, 'name' | 'effect' | 'base_effect' | 'arguments' | 'spelled_out'>;
  readonly effect: Effect;
  /** The parts of the arguments that were admitted. */
  readonly used: readonly string[];
}

const NONE: readonly string[] = [];

function factsOf(planned: PlannedField, variables: CoercedVariables, root: Plan['root']): Facts {
  const { name, review, parts } = planned;
  const values = argumentsOf(planned, variables);
  const used = parts?.find(values) ?? NONE;
  const base = raisedBy(values, review);
  const effect = used.length === 0 ? base : worstEffect([base, ...used.flatMap((part) => effectsOf(planned, part))]);
  const spelled = root === 'mutation' && (used.length > 0 || (planned.at === 'root' && review.admitted === true));
  const judged = { name, effect, base_effect: review.effect, arguments: values };
  return { judged: spelled ? { ...judged, spelled_out: true } : judged, effect, used };
}

/**
 * The effects that an admitted part of the arguments raises to. Where the catalog judges an argument by its value, a new value may mean
 * any that it judges.
 */
function effectsOf({ name, review, parts }: PlannedField, part: string): readonly Effect[] {
  const given = parts?.effects.get(part);
  if (given === undefined) throw unknownArgument(name, part);
  const [path = '', value] = part.split('=');
  const tested =
    value === undefined ? [] : (review.raises ?? []).filter(({ when }) => plainPath(when.path) === plainPath(path));
  return [given, ...tested.map(({ to }) => to)];
}

function plainPath(path: string): string {
  return path.replaceAll('[]', '');
}

/** The secret arguments: those that are known, and every admitted one, since nobody reviewed its values. */
function secretOf(used: readonly string[], known: readonly string[]): readonly string[] {
  return used.length === 0 ? known : [...known, ...used.filter((part) => !part.includes('='))];
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
  { plan }: Judgement,
  { review, field, directory_only }: PlannedRoot,
  { judged, effect, used }: Facts,
): GraphqlOperation {
  const type = plan.root === 'query' ? 'Query' : 'Mutation';
  return {
    ...judged,
    secret_arguments: secretOf(used, review.secret ?? NONE),
    ...(review.state_raises && { raisable: raisedTo(effect, review.state_raises) }),
    note: { at: 'root', type, field, review, directory_only, ...admittedOf(used) },
  };
}

function admittedOf(used: readonly string[]): { readonly admitted?: readonly string[] } {
  return used.length === 0 ? {} : { admitted: used };
}

function nestedOperation({ placed }: Judgement, planned: PlannedNested, { judged, used }: Facts): GraphqlOperation {
  const { type, field, review, directory_only, path } = planned;
  return {
    ...judged,
    secret_arguments: secretOf(used, review.admitted ? Object.keys(judged.arguments) : NONE),
    parent: placeOf(placed, planned.root),
    note: {
      at: 'nested',
      type,
      field,
      step: review.step,
      ...(review.by_id && { by_id: review.by_id }),
      directory_only,
      ...admittedOf(used),
      beyond: review.admitted === true && review.step === 'out',
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
