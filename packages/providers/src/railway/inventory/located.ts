import type { EnvironmentFacts, ProjectFacts } from './facts.ts';

/** A resource that was found: of which kind it is and where it lies. */
export interface Located {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
  /** The projects it lies in: one, but for a workspace. */
  readonly projects: readonly ProjectFacts[];
  /**
   * - `inside`: what it names holds environments (a workspace, a project);
   * - `in`: it lies in environments (all others).
   */
  readonly extent: 'inside' | 'in';
  /** The environments it holds or lies in. May be empty: a volume without instances. */
  readonly environments: readonly EnvironmentFacts[];
  /** `kind:id` of what it lies in besides environments, as a whole. */
  readonly within: readonly string[];
}

/** What `locate` needs to be told: which thing, and for some kinds in which other thing. */
export interface Sought {
  readonly kind: string;
  readonly id: string;
  /** The id of what it must lie in: a backup's volume instance. */
  readonly of?: string;
}

/** The one project something lies in. */
export function containersOf(project: ProjectFacts): readonly string[] {
  const workspace = project.workspaceId === undefined ? [] : [`workspace:${project.workspaceId}`];
  return [`project:${project.id}`, ...workspace];
}

/** Returns the only element that all are equal to, as a list of one; an empty list if there are several, none or an undefined. */
export function onlyOne(values: readonly (string | undefined)[]): readonly string[] {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? [] : [first];
}
